"""Continuous piecewise linear functions as networks: the converse of Theorem 5.4."""

from polytropic.networks.converse.forms import MaxMinForm
from polytropic.networks.converse.pieces import max_min_form
from polytropic.networks.converse.to_network import to_network

__all__ = ["MaxMinForm", "max_min_form", "to_network"]
