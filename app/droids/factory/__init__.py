"""Factory's own Droid, spoken with through its SDK: https://docs.factory.ai/sdk/python."""

from app.droids.factory.droid import FactoryDroid

__all__ = ["FactoryDroid"]
