using System.Globalization;

namespace Platform.Identity.Text;

/// <summary>Texts of mails, in one language.</summary>
internal sealed record MailTexts
{
    /// <summary>Organisation.</summary>
    public required Func<string, string> InvitationSubject { get; init; }

    /// <summary>Name, organisation, link.</summary>
    public required Func<string, string, string, string> InvitationBody { get; init; }

    /// <summary>Name, organisation, link: to somebody who has a password.</summary>
    public required Func<string, string, string, string> JoiningBody { get; init; }
    public required string SignUpSubject { get; init; }

    /// <summary>Name, organisation, link.</summary>
    public required Func<string, string, string, string> SignUpBody { get; init; }
    public required string ResetSubject { get; init; }

    /// <summary>Name, link.</summary>
    public required Func<string, string, string> ResetBody { get; init; }
    public required string PasswordChangedSubject { get; init; }

    /// <summary>Name, link to the page for forgotten passwords.</summary>
    public required Func<string, string, string> PasswordChangedBody { get; init; }
    public required string EmailChangeSubject { get; init; }

    /// <summary>Name, link.</summary>
    public required Func<string, string, string> OldEmailBody { get; init; }

    /// <summary>Name, present e-mail address, link.</summary>
    public required Func<string, string, string, string> NewEmailBody { get; init; }
    public required string EmailChangedSubject { get; init; }

    /// <summary>Name, new e-mail address.</summary>
    public required Func<string, string, string> EmailChangedBody { get; init; }
    public required string NewDeviceSubject { get; init; }

    /// <summary>Name, browser, time, link to the page for forgotten passwords.</summary>
    public required Func<string, string, DateTimeOffset, string, string> NewDeviceBody { get; init; }
    public required string FactorsChangedSubject { get; init; }

    /// <summary>Name, link to the page for forgotten passwords.</summary>
    public required Func<string, string, string> FactorsChangedBody { get; init; }

    public static readonly MailTexts English = new()
    {
        InvitationSubject = organisation => $"You have been invited to {organisation}",
        InvitationBody = (name, organisation, link) => $"""
            Hello {name},

            you have been invited to {organisation}. Choose your password here; the link works once, within three days:

            {link}

            If you did not expect this, you need not do anything.
            """,
        JoiningBody = (name, organisation, link) => $"""
            Hello {name},

            you have been invited to {organisation}. You can accept the invitation here, within three days:

            {link}

            If you did not expect this, you need not do anything.
            """,
        SignUpSubject = "Confirm your e-mail address",
        SignUpBody = (name, organisation, link) => $"""
            Hello {name},

            confirm your e-mail address and choose your password to create {organisation}. The link works once, within three days:

            {link}

            If this was not you, you need not do anything.
            """,
        ResetSubject = "Set a new password",
        ResetBody = (name, link) => $"""
            Hello {name},

            somebody asked for a new password for your account. Set it here; the link works once, within one hour:

            {link}

            If this was not you, you need not do anything: your password stays as it is.
            """,
        PasswordChangedSubject = "Your password was changed",
        PasswordChangedBody = (name, link) => $"""
            Hello {name},

            the password of your account was changed, and all other sessions have ended.

            If this was not you, set a new password now:

            {link}
            """,
        EmailChangeSubject = "Confirm the change of your e-mail address",
        OldEmailBody = (name, link) => $"""
            Hello {name},

            you asked to change the e-mail address of your account. Confirm it here and in the mail to the new address; the link works for one day:

            {link}

            If this was not you, do not confirm it, and change your password.
            """,
        NewEmailBody = (name, email, link) => $"""
            Hello {name},

            this address is to replace {email} as the e-mail address of your account. Confirm it here and in the mail to the old address; the link works for one day:

            {link}

            If this was not you, you need not do anything.
            """,
        EmailChangedSubject = "Your e-mail address was changed",
        EmailChangedBody = (name, email) => $"""
            Hello {name},

            the e-mail address of your account is {email} now. You sign in with it from now on.
            """,
        NewDeviceSubject = "New sign-in to your account",
        NewDeviceBody = (name, browser, time, link) => $"""
            Hello {name},

            somebody signed in to your account in a browser that we had not seen before: {browser}, {Time(time, "en")}.

            If this was not you, set a new password now, which ends all sessions:

            {link}
            """,
        FactorsChangedSubject = "Your second factor was changed",
        FactorsChangedBody = (name, link) => $"""
            Hello {name},

            the second factor of your account was changed.

            If this was not you, set a new password now, which ends all sessions, and tell your administrator:

            {link}
            """,
    };

    public static readonly MailTexts Portuguese = new()
    {
        InvitationSubject = organisation => $"Convite para {organisation}",
        InvitationBody = (name, organisation, link) => $"""
            Olá, {name},

            você recebeu um convite para {organisation}. Escolha a sua senha aqui; o link funciona uma vez, durante três dias:

            {link}

            Se você não esperava este convite, não precisa fazer nada.
            """,
        JoiningBody = (name, organisation, link) => $"""
            Olá, {name},

            você recebeu um convite para {organisation}. Você pode aceitá-lo aqui, dentro de três dias:

            {link}

            Se você não esperava este convite, não precisa fazer nada.
            """,
        SignUpSubject = "Confirme o seu e-mail",
        SignUpBody = (name, organisation, link) => $"""
            Olá, {name},

            confirme o seu e-mail e escolha a sua senha para criar {organisation}. O link funciona uma vez, durante três dias:

            {link}

            Se não foi você, não precisa fazer nada.
            """,
        ResetSubject = "Defina uma nova senha",
        ResetBody = (name, link) => $"""
            Olá, {name},

            alguém pediu uma nova senha para a sua conta. Defina-a aqui; o link funciona uma vez, durante uma hora:

            {link}

            Se não foi você, não precisa fazer nada: a sua senha continua a mesma.
            """,
        PasswordChangedSubject = "A sua senha foi alterada",
        PasswordChangedBody = (name, link) => $"""
            Olá, {name},

            a senha da sua conta foi alterada, e todas as outras sessões terminaram.

            Se não foi você, defina uma nova senha agora:

            {link}
            """,
        EmailChangeSubject = "Confirme a mudança do seu e-mail",
        OldEmailBody = (name, link) => $"""
            Olá, {name},

            você pediu para mudar o e-mail da sua conta. Confirme aqui e na mensagem enviada ao novo endereço; o link funciona durante um dia:

            {link}

            Se não foi você, não confirme e mude a sua senha.
            """,
        NewEmailBody = (name, email, link) => $"""
            Olá, {name},

            este endereço vai substituir {email} como e-mail da sua conta. Confirme aqui e na mensagem enviada ao endereço antigo; o link funciona durante um dia:

            {link}

            Se não foi você, não precisa fazer nada.
            """,
        EmailChangedSubject = "O seu e-mail foi alterado",
        EmailChangedBody = (name, email) => $"""
            Olá, {name},

            o e-mail da sua conta agora é {email}. Use-o para entrar a partir de agora.
            """,
        NewDeviceSubject = "Novo acesso à sua conta",
        NewDeviceBody = (name, browser, time, link) => $"""
            Olá, {name},

            alguém entrou na sua conta em um navegador que ainda não conhecíamos: {browser}, {Time(time, "pt-BR")}.

            Se não foi você, defina uma nova senha agora, o que encerra todas as sessões:

            {link}
            """,
        FactorsChangedSubject = "O seu segundo fator foi alterado",
        FactorsChangedBody = (name, link) => $"""
            Olá, {name},

            o segundo fator da sua conta foi alterado.

            Se não foi você, defina uma nova senha agora, o que encerra todas as sessões, e avise o seu administrador:

            {link}
            """,
    };

    private static string Time(DateTimeOffset time, string culture) =>
        time.ToUniversalTime().ToString("f", CultureInfo.GetCultureInfo(culture)) + " UTC";
}
