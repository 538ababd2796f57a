using Platform.Identity.Accounts;
using Platform.Identity.Clients;
using Platform.Identity.Mails;
using Platform.Identity.Passwords;

namespace Platform.Identity.Pages.Account;

/// <summary>Where the link for a forgotten password leads. It works once, and ends every session.</summary>
internal sealed class ResetPasswordModel(AccountLinks links, PasswordChanges changes, ClientOptions clients)
    : NewPasswordPage(links, changes, clients)
{
    protected override LinkPurpose Purpose => LinkPurpose.PasswordReset;

    protected override string AuditKind => AuditKinds.PasswordReset;

    public override string Title => T.Account.ResetTitle;

    public override string Intro(string email) => T.Account.ResetFor(email);

    public override string DoneText => T.Account.ResetDone;

    protected override string InvalidText => T.Account.ResetInvalid;
}
