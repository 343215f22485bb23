"""Migrations run as the owner of the tables; everything else as the runtime role, which owns nothing."""


class MigrateAsOwner:
    def db_for_read(self, model, **hints):
        return "default"

    def db_for_write(self, model, **hints):
        return "default"

    def allow_migrate(self, db, app_label, **hints):
        return db == "owner"
