"""A form of Django that says where a contact stands. Run it with `python django_app.py runserver`."""

import secrets
import sys

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path

from leadqual import Contact, Fact, RecordUnreadable, classify, to_data


class ContactForm(forms.Form):
    """Name, address, and what the person has done."""

    name = forms.CharField(required=False)
    email = forms.CharField(required=False)
    phone = forms.CharField(required=False)
    facts = forms.MultipleChoiceField(
        required=False,
        choices=[(str(fact), fact.definition) for fact in Fact],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict:
        """Read the contact; each fault becomes an error of its own field."""
        given = super().clean()
        # A box that is not ticked is unknown, not a no.
        record = {key: given.get(key) for key in ("name", "email", "phone")}
        record |= dict.fromkeys(given.get("facts", ()), True)
        try:
            given["contact"] = Contact.from_record(record, region="DE", strict=True)
        except RecordUnreadable as error:
            raise ValidationError(
                {
                    fault.where if fault.where in self.fields else "__all__": fault.reason
                    for fault in error.faults
                }
            ) from None
        return given


def stand(request: HttpRequest) -> JsonResponse:
    """Return the class of the contact that the form describes, or its errors with status 422."""
    form = ContactForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    return JsonResponse(to_data(classify(form.cleaned_data["contact"]), brief=True))


urlpatterns = [path("classify", stand)]
settings.configure(
    ROOT_URLCONF=__name__, SECRET_KEY=secrets.token_hex(), ALLOWED_HOSTS=["localhost", "testserver"]
)
application = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
