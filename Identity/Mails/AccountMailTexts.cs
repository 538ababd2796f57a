using System.Text.Json;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Mail;
using Platform.Mail.Templates;

namespace Platform.Identity.Mails;

/// <summary>Says what a mail of Identity says. Links are made when it is sent.</summary>
internal sealed class AccountMailTexts(AccountLinks links, IConfiguration configuration)
{
    private const string DefaultOrganisation = "Platform";

    /// <returns>Null if the mail is not needed any more.</returns>
    public MailContent? Write(OwedMail mail, Account account) => mail.Kind switch
    {
        MailKind.Invitation when account.PasswordHash is null => Of(
            mail, account, "account.invitation", link: links.Create(LinkPurpose.FirstPassword, account),
            organisation: mail.Data ?? DefaultOrganisation),
        MailKind.Joining => Joining(mail, account),
        MailKind.SignUp => Of(
            mail, account, "account.sign_up", link: links.Create(LinkPurpose.SignUp, account, mail.Data),
            organisation: JsonSerializer.Deserialize<SignUpMailRequest>(mail.Data!)!.Organisation),
        MailKind.PasswordReset => Of(
            mail, account, "account.password_reset", link: links.Create(LinkPurpose.PasswordReset, account)),
        MailKind.PasswordChanged => Of(mail, account, "account.password_changed", link: Forgotten),
        MailKind.EmailChange => EmailChange(mail, account),
        MailKind.EmailChanged => Of(mail, account, "account.email_changed", to: mail.Recipient, email: account.Email),
        MailKind.NewDevice => Of(mail, account, "account.new_device", link: Forgotten, browser: mail.Data ?? "?"),
        MailKind.FactorsChanged => Of(mail, account, "account.factors_changed", link: Forgotten),
        _ => null,
    };

    private string Forgotten => $"{configuration["Identity:Issuer"]!.TrimEnd('/')}/Account/ForgotPassword";

    private MailContent Joining(OwedMail mail, Account account)
    {
        var invitation = JsonSerializer.Deserialize<InvitationMailRequest>(mail.Data!)!;
        return Of(
            mail, account, account.PasswordHash is null ? "account.invitation" : "account.joining",
            link: links.Create(LinkPurpose.Invitation, account, mail.Data), organisation: invitation.Organisation);
    }

    private MailContent EmailChange(OwedMail mail, Account account)
    {
        var isOld = string.Equals(mail.Recipient, account.Email, StringComparison.OrdinalIgnoreCase);
        return Of(
            mail, account, isOld ? "account.email_change_old" : "account.email_change_new", to: mail.Recipient,
            link: links.Create(isOld ? LinkPurpose.OldEmail : LinkPurpose.NewEmail, account, mail.Data),
            email: account.Email);
    }

    private static MailContent Of(
        OwedMail mail, Account account, string template, string? to = null, string? link = null, string? organisation = null,
        string? email = null, string? browser = null)
    {
        var time = mail.CreatedAt.ToUniversalTime().ToString("f", MailTemplates.CultureOf(account.Locale)) + " UTC";
        var written = MailTemplates.Write(new(
            MailText.Of(template, account.Locale), account.Locale, new(organisation ?? DefaultOrganisation),
            new Dictionary<string, string?>
            {
                ["name"] = account.Name,
                ["link"] = link,
                ["organisation"] = organisation,
                ["email"] = email,
                ["browser"] = browser,
                ["time"] = time,
            },
            [], []));
        return new($"{mail.Kind}.{mail.Key}", to ?? account.Email!, written.Subject, written.Text, written.Html);
    }
}
