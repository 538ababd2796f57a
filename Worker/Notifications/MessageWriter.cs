using Platform.Contracts.Messages;
using Platform.Core.Tenants;
using Platform.Mail.Messages;
using Platform.Mail.Templates;

namespace Platform.Worker.Notifications;

/// <summary>Writes mails to clients in the tenant's own words, where it has some that can be used.</summary>
internal sealed class MessageWriter(ILogger<MessageWriter> log)
{
    /// <summary>The language in which the reader gets it.</summary>
    public static string LocaleOf(string locale) =>
        MailTemplates.IsPortuguese(locale) ? MessageLocales.Portuguese : MessageLocales.English;

    /// <summary>A text that was stored under other rules, or fails, does not keep the mail from being sent.</summary>
    public WrittenMail Write(long? tenantId, ClientMessage message, MessageBrand brand, MailText? own)
    {
        if (own is null) return ClientMessages.Write(message, brand);

        try
        {
            var faults = MessageTemplateRules.Check(message.Kind, own);
            if (faults is []) return ClientMessages.Write(message, brand, own);

            log.LogWarning(
                "The text {Kind} ({Locale}) of tenant {TenantId} cannot be used: {Code}",
                message.Kind, message.Locale, tenantId, faults[0].Error.Code);
        }
        catch (Exception e)
        {
            log.LogWarning(
                e, "The text {Kind} ({Locale}) of tenant {TenantId} failed", message.Kind, message.Locale, tenantId);
        }

        return ClientMessages.Write(message, brand);
    }
}

internal static class TenantBrands
{
    public static MessageBrand ToMessageBrand(this TenantEntry tenant) =>
        MessageBrand.Of(tenant.Name, tenant.Branding, tenant.Labels, tenant.BookingPage);
}
