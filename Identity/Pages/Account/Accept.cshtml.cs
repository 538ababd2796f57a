using Platform.Identity.Accounts;
using Platform.Identity.Clients;
using Platform.Identity.Mails;
using Platform.Identity.Passwords;

namespace Platform.Identity.Pages.Account;

/// <summary>Where the link of an invitation leads: a person sets their first password. It works once.</summary>
internal sealed class AcceptModel(AccountLinks links, PasswordChanges changes, ClientOptions clients)
    : NewPasswordPage(links, changes, clients)
{
    protected override LinkPurpose Purpose => LinkPurpose.FirstPassword;

    protected override string AuditKind => AuditKinds.PasswordSet;

    public override string Title => T.AcceptTitle;

    public override string Intro(string email) => T.AcceptFor(email);

    public override string DoneText => T.AcceptDone;

    protected override string InvalidText => T.AcceptInvalid;
}
