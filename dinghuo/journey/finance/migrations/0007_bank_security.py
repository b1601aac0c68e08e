from django.db import migrations

from dinghuo.kernel.schema import RunScript, SecureTables


class Migration(migrations.Migration):
    """Keep what the bank says inside its company, and as the bank said it."""

    dependencies = [("finance", "0006_bank_statements")]
    operations = [
        SecureTables(
            append_only=["BankFile", "BankStatement", "BankStatementLine", "BankMatchItem", "MatchPolicy", "PaymentReversal"],
            only=[
                "BankAccount", "BankFile", "BankMatch", "BankMatchItem", "BankStatement", "BankStatementLine", "MatchPolicy",
                "PayerAlias", "PaymentReversal",
            ],
        ),
        RunScript("finance/create_bank_keys", "finance/drop_bank_keys"),
    ]
