using System.Text.Json;
using Microsoft.Extensions.Options;
using Platform.Contracts.Webhooks;
using Platform.Core.Tenants;
using Platform.Mail;
using Platform.Mail.Templates;

namespace Platform.Worker.Notifications;

/// <summary>That a webhook was disabled, for one of the tenant's admins.</summary>
/// <param name="Reason">One of <see cref="WebhookDisabledReasons"/>.</param>
/// <param name="Name">Of the admin.</param>
internal sealed record WebhookNotice(long WebhookId, string Url, string Reason, string Name, string Locale)
{
    /// <summary>Of its row among the mails: that of the event.</summary>
    public const string MailKind = "webhook.disabled";
}

internal sealed class WebhookNotices(
    EventsDatabase database, TenantDirectory tenants, IOptions<ClientLinkOptions> options)
{
    public async Task<MailDraft> WriteAsync(OwedMail owed, CancellationToken ct)
    {
        var notice = JsonSerializer.Deserialize<WebhookNotice>(owed.Data!, JsonSerializerOptions.Web)!;
        if (owed.OwnerId is not { } id || await tenants.FindAsync(id, ct) is not { } tenant)
        {
            return MailDraft.Drop("The tenant is gone.");
        }

        if (!await IsDisabledAsync(notice.WebhookId, ct)) return MailDraft.Drop("The webhook is enabled or gone by now.");

        var written = MailTemplates.Write(new(
            MailText.Of("tenant.webhook_disabled", notice.Locale), notice.Locale, tenant.ToMessageBrand().Brand,
            new Dictionary<string, string?>
            {
                ["name"] = notice.Name,
                ["organisation"] = tenant.Name,
                ["url"] = new Uri(notice.Url).Host, // the path may hold a secret
                ["is_gone"] = notice.Reason == WebhookDisabledReasons.Gone ? "yes" : null,
                ["settings_url"] = options.Value.Pages is { } site
                    ? $"{site.ToString().TrimEnd('/')}/t/{tenant.Slug}/settings/webhooks/{notice.WebhookId}"
                    : null,
            },
            [], []));
        return MailDraft.Of(new(
            $"{owed.Key}.{owed.Id}", owed.Recipient, written.Subject, written.Text, written.Html));
    }

    private async Task<bool> IsDisabledAsync(long webhook, CancellationToken ct)
    {
        await using var command = database.Pool.CreateCommand(
            "select exists (select from platform.webhook_endpoints where id = $1 and not enabled)");
        command.Parameters.Add(new() { Value = webhook });
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }
}
