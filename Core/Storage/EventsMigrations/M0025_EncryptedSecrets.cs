using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.EventsMigrations;

[DbContext(typeof(EventsDb)), Migration("0025_EncryptedSecrets")]
internal sealed class M0025_EncryptedSecrets : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- The Worker encrypts secrets of webhooks from before; the same secret in another form is no change of the webhook.
        drop trigger raise_row_version on platform.webhook_endpoints;
        create trigger raise_row_version
            before update on platform.webhook_endpoints for each row
            when ((old.url, old.description, old.event_types, old.enabled)
                    is distinct from (new.url, new.description, new.event_types, new.enabled)
                or old.secret is distinct from new.secret and not (
                    starts_with(old.secret, 'whsec_') and starts_with(new.secret, 'sealed:')
                    and old.previous_secret_ends_at is not distinct from new.previous_secret_ends_at))
            execute function platform.raise_row_version();
        """);
}
