"""Tenancy: every tenant row belongs to one merchant, and only inside that merchant's scope is it there."""

from loyalty.tenancy.scoping import ScopeConflict, acting, acting_id, merchant, merchant_id, scope

__all__ = ["ScopeConflict", "acting", "acting_id", "merchant", "merchant_id", "scope"]
