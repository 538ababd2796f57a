using Platform.Identity.People;

namespace Platform.Identity.Text;

/// <summary>Every text of the pages, in one language. A property that a language leaves out does not compile.</summary>
internal sealed record Texts
{
    /// <summary>BCP 47.</summary>
    public required string Language { get; init; }

    public required string SignInTitle { get; init; }
    public required Func<string, string> SignInTo { get; init; }
    public required string Email { get; init; }
    public required string Password { get; init; }
    public required string SignIn { get; init; }
    public required string Cancel { get; init; }
    public required string Problem { get; init; }
    public required string EmailMissing { get; init; }
    public required string PasswordMissing { get; init; }
    public required string WrongCredentials { get; init; }
    public required string Deactivated { get; init; }
    public required string Unavailable { get; init; }
    public required Func<string, string> SignedInAs { get; init; }
    public required string OtherAccount { get; init; }
    public required string StaffOnly { get; init; }
    public required string NoTenant { get; init; }
    public required string OtherTenant { get; init; }

    public required string FormExpired { get; init; }
    public required string FormStale { get; init; }
    public required AccountTexts Account { get; init; }
    public required FactorTexts Factors { get; init; }
    public required SingleSignOnTexts SingleSignOn { get; init; }

    public required string SignOutTitle { get; init; }
    public required string SignOutQuestion { get; init; }
    public required string SignOut { get; init; }
    public required string SignedOutTitle { get; init; }
    public required string SignedOut { get; init; }
    public required string HomeTitle { get; init; }

    public required string AcceptTitle { get; init; }
    public required Func<string, string> AcceptFor { get; init; }
    public required string AcceptInvalid { get; init; }
    public required string AcceptDone { get; init; }
    public required string AcceptContinue { get; init; }
    public required string NewPassword { get; init; }
    public required string RepeatPassword { get; init; }
    public required string SetPassword { get; init; }
    public required string PasswordsDiffer { get; init; }

    public required string ErrorTitle { get; init; }
    public required string ErrorGeneral { get; init; }
    public required string ErrorRequest { get; init; }
    public required string ErrorExpired { get; init; }
    public required string ErrorDenied { get; init; }
    public required string ErrorNotFound { get; init; }
    public required string ErrorTooMany { get; init; }
    public required string ErrorReference { get; init; }

    public string Of(AdmissionRejection rejection) => rejection switch
    {
        AdmissionRejection.StaffOnly => StaffOnly,
        AdmissionRejection.NoTenant => NoTenant,
        AdmissionRejection.SingleSignOnOnly => SingleSignOn.Required,
        _ => OtherTenant,
    };

    public static readonly Texts English = new()
    {
        Language = "en",
        SignInTitle = "Sign in",
        SignInTo = application => $"Sign in to continue to {application}.",
        Email = "E-mail",
        Password = "Password",
        SignIn = "Sign in",
        Cancel = "Cancel",
        Problem = "There is a problem",
        EmailMissing = "Enter your e-mail address.",
        PasswordMissing = "Enter your password.",
        WrongCredentials = "We could not sign you in. Check your e-mail address and password; after several attempts, wait 15 minutes.",
        Deactivated = "This account has been deactivated. Ask your administrator if you need it again.",
        Unavailable = "Signing in is not possible right now. Nothing is wrong with your account: please try again in a few minutes.",
        SignedInAs = name => $"You are signed in as {name}.",
        OtherAccount = "You can sign in with another account below.",
        StaffOnly = "This account may not open this application: it is for staff of the platform.",
        NoTenant = "This account is not a member of any organisation. Ask your administrator for an invitation.",
        OtherTenant = "This account has no access to the organisation you asked for.",
        FormExpired = "This page had been open for too long, or you signed in or out in another tab. Please enter your password again.",
        FormStale = "This page had been open for too long, or you signed in or out in another tab. Nothing was saved: please try again.",
        Account = AccountTexts.English,
        Factors = FactorTexts.English,
        SingleSignOn = SingleSignOnTexts.English,
        SignOutTitle = "Sign out",
        SignOutQuestion = "Do you want to sign out of all applications?",
        SignOut = "Sign out",
        SignedOutTitle = "You are signed out",
        SignedOut = "You can close this page now.",
        HomeTitle = "Your account",
        AcceptTitle = "Choose your password",
        AcceptFor = email => $"For the account {email}. Use at least 10 characters; a few words are easy to remember.",
        AcceptInvalid = "This link does not work any more: it has been used already, or it is older than three days. Ask the person who invited you for a new one.",
        AcceptDone = "Your password is set.",
        AcceptContinue = "Continue and sign in",
        NewPassword = "New password",
        RepeatPassword = "Repeat the password",
        SetPassword = "Set password",
        PasswordsDiffer = "The two passwords are not the same.",
        ErrorTitle = "That did not work",
        ErrorGeneral = "Something went wrong on our side. Please try again; if it happens again, give support the reference below.",
        ErrorRequest = "The application sent a request that we cannot answer. Go back to it and start again.",
        ErrorExpired = "This sign-in has taken too long, or it was completed in another tab. Go back to the application and sign in again.",
        ErrorDenied = "Access was denied.",
        ErrorNotFound = "There is nothing at this address.",
        ErrorTooMany = "Too many attempts. Please wait a minute and try again.",
        ErrorReference = "Reference",
    };

    public static readonly Texts Portuguese = new()
    {
        Language = "pt-BR",
        SignInTitle = "Entrar",
        SignInTo = application => $"Entre para continuar em {application}.",
        Email = "E-mail",
        Password = "Senha",
        SignIn = "Entrar",
        Cancel = "Cancelar",
        Problem = "Há um problema",
        EmailMissing = "Informe o seu e-mail.",
        PasswordMissing = "Informe a sua senha.",
        WrongCredentials = "Não foi possível entrar. Confira o e-mail e a senha; depois de várias tentativas, aguarde 15 minutos.",
        Deactivated = "Esta conta foi desativada. Fale com o seu administrador se precisar dela.",
        Unavailable = "Não é possível entrar agora. Não há nada de errado com a sua conta: tente novamente em alguns minutos.",
        SignedInAs = name => $"Você entrou como {name}.",
        OtherAccount = "Você pode entrar com outra conta abaixo.",
        StaffOnly = "Esta conta não pode abrir este aplicativo: ele é da equipe da plataforma.",
        NoTenant = "Esta conta não faz parte de nenhuma organização. Peça um convite ao seu administrador.",
        OtherTenant = "Esta conta não tem acesso à organização solicitada.",
        FormExpired = "Esta página ficou aberta por muito tempo, ou você entrou ou saiu em outro lugar. Informe a sua senha de novo.",
        FormStale = "Esta página ficou aberta por muito tempo, ou você entrou ou saiu em outro lugar. Nada foi salvo: tente de novo.",
        Account = AccountTexts.Portuguese,
        Factors = FactorTexts.Portuguese,
        SingleSignOn = SingleSignOnTexts.Portuguese,
        SignOutTitle = "Sair",
        SignOutQuestion = "Deseja sair de todos os aplicativos?",
        SignOut = "Sair",
        SignedOutTitle = "Você saiu",
        SignedOut = "Você já pode fechar esta página.",
        HomeTitle = "Sua conta",
        AcceptTitle = "Escolha a sua senha",
        AcceptFor = email => $"Para a conta {email}. Use pelo menos 10 caracteres; algumas palavras são fáceis de lembrar.",
        AcceptInvalid = "Este link não funciona mais: já foi usado ou tem mais de três dias. Peça um novo a quem convidou você.",
        AcceptDone = "A sua senha está definida.",
        AcceptContinue = "Continuar e entrar",
        NewPassword = "Nova senha",
        RepeatPassword = "Repita a senha",
        SetPassword = "Definir senha",
        PasswordsDiffer = "As duas senhas não são iguais.",
        ErrorTitle = "Isso não funcionou",
        ErrorGeneral = "Algo deu errado do nosso lado. Tente novamente; se acontecer de novo, informe a referência abaixo ao suporte.",
        ErrorRequest = "O aplicativo enviou um pedido que não podemos atender. Volte a ele e comece de novo.",
        ErrorExpired = "Este acesso demorou demais ou foi concluído em outra aba. Volte ao aplicativo e entre de novo.",
        ErrorDenied = "O acesso foi negado.",
        ErrorNotFound = "Não há nada neste endereço.",
        ErrorTooMany = "Muitas tentativas. Aguarde um minuto e tente novamente.",
        ErrorReference = "Referência",
    };

    /// <summary>What the application asked for, else what the browser prefers, else English.</summary>
    /// <param name="uiLocales">The OpenID Connect parameter: languages by preference, parted by spaces.</param>
    public static Texts For(HttpRequest request, string? uiLocales)
    {
        var asked = uiLocales?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var preferred = request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(language => language.Value.Value ?? "");

        return asked.Concat(preferred).Select(Known).FirstOrDefault(texts => texts is not null) ?? English;
    }

    /// <summary>Of an account's language.</summary>
    public static Texts Of(string locale) => Known(locale) ?? English;

    private static Texts? Known(string language) => language.Split('-')[0].ToUpperInvariant() switch
    {
        "PT" => Portuguese,
        "EN" => English,
        _ => null,
    };
}
