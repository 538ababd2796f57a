using System.Text.Json;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Identity.Text;

namespace Platform.Identity.Mails;

internal sealed record MailText(string To, string Subject, string Body);

/// <summary>Writes a mail in the language of its reader.</summary>
internal sealed class AccountMailTexts(AccountLinks links, IConfiguration configuration)
{
    private const string DefaultOrganisation = "Platform";

    /// <returns>Null if the mail is not needed any more.</returns>
    public MailText? Write(AccountMail mail, Account account)
    {
        var texts = Texts.Of(account.Locale).Mail;
        var organisation = mail.Detail ?? DefaultOrganisation;
        return mail.Kind switch
        {
            MailKind.Invitation when account.PasswordHash is null => To(
                account.Email!, texts.InvitationSubject(organisation),
                texts.InvitationBody(account.Name, organisation, links.Create(LinkPurpose.FirstPassword, account))),
            MailKind.Joining => Joining(mail, account, texts),
            MailKind.SignUp => SignUp(mail, account, texts),
            MailKind.PasswordReset => To(
                account.Email!, texts.ResetSubject,
                texts.ResetBody(account.Name, links.Create(LinkPurpose.PasswordReset, account))),
            MailKind.PasswordChanged => To(account.Email!, texts.PasswordChangedSubject, texts.PasswordChangedBody(account.Name, Forgotten)),
            MailKind.EmailChange => EmailChange(mail, account, texts),
            MailKind.EmailChanged => To(mail.Email, texts.EmailChangedSubject, texts.EmailChangedBody(account.Name, account.Email!)),
            MailKind.NewDevice => To(
                account.Email!, texts.NewDeviceSubject, texts.NewDeviceBody(account.Name, mail.Detail ?? "?", mail.CreatedAt, Forgotten)),
            MailKind.FactorsChanged => To(account.Email!, texts.FactorsChangedSubject, texts.FactorsChangedBody(account.Name, Forgotten)),
            _ => null,
        };
    }

    private string Forgotten => $"{configuration["Identity:Issuer"]!.TrimEnd('/')}/Account/ForgotPassword";

    private MailText EmailChange(AccountMail mail, Account account, MailTexts texts)
    {
        var isOld = string.Equals(mail.Email, account.Email, StringComparison.OrdinalIgnoreCase);
        var link = links.Create(isOld ? LinkPurpose.OldEmail : LinkPurpose.NewEmail, account, mail.Detail);
        return To(mail.Email, texts.EmailChangeSubject, isOld
            ? texts.OldEmailBody(account.Name, link)
            : texts.NewEmailBody(account.Name, account.Email!, link));
    }

    private MailText Joining(AccountMail mail, Account account, MailTexts texts)
    {
        var invitation = JsonSerializer.Deserialize<InvitationMailRequest>(mail.Detail!)!;
        var link = links.Create(LinkPurpose.Invitation, account, mail.Detail);
        return To(
            account.Email!, texts.InvitationSubject(invitation.Organisation),
            account.PasswordHash is null
                ? texts.InvitationBody(account.Name, invitation.Organisation, link)
                : texts.JoiningBody(account.Name, invitation.Organisation, link));
    }

    private MailText SignUp(AccountMail mail, Account account, MailTexts texts)
    {
        var signUp = JsonSerializer.Deserialize<SignUpMailRequest>(mail.Detail!)!;
        var link = links.Create(LinkPurpose.SignUp, account, mail.Detail);
        return To(account.Email!, texts.SignUpSubject, texts.SignUpBody(account.Name, signUp.Organisation, link));
    }

    private static MailText To(string email, string subject, string body) => new(email, subject, body);
}
