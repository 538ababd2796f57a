using Platform.Contracts.Catalogue;
using Platform.Contracts.Messages;
using Platform.Mail.Templates;

namespace Platform.Mail.Messages;

/// <summary>Puts mails to clients into words: the tenant's own, or the platform's with the tenant's terms.</summary>
public static class ClientMessages
{
    /// <summary>The platform's text. It has other sentences where the tenant has a word of its own for bookings.</summary>
    public static MailText DefaultOf(string kind, string locale, Labels labels)
    {
        var isNamed = labels.Booking is not null && kind is not (MessageKinds.Offered or MessageKinds.Joined);
        return MailText.Of(isNamed ? $"{kind}.named" : kind, locale);
    }

    public static WrittenMail Write(ClientMessage message, MessageBrand brand, MailText? own = null) =>
        MailTemplates.Write(ModelOf(message, brand, own ?? DefaultOf(message.Kind, message.Locale, brand.Labels)));

    private static MailModel ModelOf(ClientMessage message, MessageBrand brand, MailText text)
    {
        var labels = brand.Labels;
        return new(
            text,
            message.Locale,
            brand.Brand,
            new Dictionary<string, string?>
            {
                ["name"] = message.Name,
                ["service"] = message.Service,
                ["resources"] = string.Join(", ", message.Resources),
                ["when"] = message.When,
                ["reference"] = message.Reference,
                ["organisation"] = brand.Brand.Name,
                ["booking_label"] = Word("booking", labels.Booking),
                ["client_label"] = Word("client", labels.Client),
                ["resource_label"] = Word("resource", labels.Resource),
                ["service_label"] = Word("service", labels.Service),
                ["reason"] = message.Reason,
                ["until"] = message.Until,
                [MessageVariables.Manage] = message.Links.Manage,
                [MessageVariables.Calendar] = message.Links.Calendar,
                [MessageVariables.Reminders] = message.Links.Reminders,
                [MessageVariables.Offer] = message.Links.Offer,
                [MessageVariables.Waitlist] = message.Links.Waitlist,
            },
            [.. FactsOf(message, brand)],
            [.. LinksOf(message, labels)]);

        string Word(string term, Term? own) =>
            own is null ? MailTemplates.TextOf($"term.{term}", message.Locale) : InSentence(own.Singular);
    }

    private static IEnumerable<MailFact> FactsOf(ClientMessage message, MessageBrand brand)
    {
        if (brand.Brand.Name != message.Service) yield return Fact("where", null, brand.Brand.Name);
        yield return Fact("service", brand.Labels.Service, message.Service);
        if (message.Resources.Count > 0) yield return Fact("with", brand.Labels.Resource, string.Join(", ", message.Resources));
        yield return Fact("when", null, message.When);
        if (message.Reference is { } reference) yield return Fact("reference", null, reference);

        MailFact Fact(string label, Term? own, string value) =>
            new(own?.Singular ?? MailTemplates.TextOf($"label.{label}", message.Locale), value);
    }

    private static IEnumerable<MailLink> LinksOf(ClientMessage message, Labels labels)
    {
        var (links, isOver) = (message.Links, message.Kind is MessageKinds.Cancelled or MessageKinds.Rejected);
        (string Label, string? Url)[] all =
        [
            ("offer", links.Offer), ("waitlist", links.Waitlist), (isOver ? "see" : "manage", links.Manage),
            ("calendar", links.Calendar), ("reminders", links.Reminders),
        ];
        return
        [
            .. from link in all
               where link.Url is not null
               select new MailLink(TextOf(link.Label), link.Url),
        ];

        // Sentences with the platform's word for bookings have another form for tenants with a word of their own.
        string TextOf(string label) => MailTemplates.TextOf(
            labels.Booking is not null && label is ("see" or "manage") ? $"label.{label}.named" : $"label.{label}",
            message.Locale);
    }

    /// <summary>A term within a sentence: names such as <c>VIP</c> keep their letters.</summary>
    private static string InSentence(string term) =>
        term is [var first, var second, ..] && char.IsUpper(first) && !char.IsUpper(second)
            ? char.ToLowerInvariant(first) + term[1..]
            : term;
}
