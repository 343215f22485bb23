from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "members.contacts"
    label = "contacts"

    def ready(self):
        from members import privacy
        from members.contacts import keeping

        privacy.FORGETTERS.append(keeping.forget)
