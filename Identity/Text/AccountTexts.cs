using Platform.Identity.Passwords;

namespace Platform.Identity.Text;

/// <summary>Texts of the pages of one's own account, in one language.</summary>
internal sealed record AccountTexts
{
    public required string ForgotPassword { get; init; }
    public required string ForgotPasswordHint { get; init; }
    public required string SendLink { get; init; }
    public required string LinkSent { get; init; }
    public required string BackToSignIn { get; init; }
    public required string ResetTitle { get; init; }
    public required Func<string, string> ResetFor { get; init; }
    public required string ResetInvalid { get; init; }
    public required string ResetDone { get; init; }
    public required string ChooseTenantTitle { get; init; }

    public required string JoinTitle { get; init; }

    /// <summary>Organisation, e-mail address.</summary>
    public required Func<string, string, string> JoinQuestion { get; init; }
    public required string Join { get; init; }
    public required Func<string, string> JoinDone { get; init; }
    public required string JoinInvalid { get; init; }
    public required string SignUpTitle { get; init; }

    /// <summary>Organisation, e-mail address.</summary>
    public required Func<string, string, string> SignUpQuestion { get; init; }
    public required string SignUpPassword { get; init; }
    public required string CreateOrganisation { get; init; }
    public required Func<string, string> SignUpDone { get; init; }
    public required string SignUpInvalid { get; init; }

    public required string Navigation { get; init; }
    public required string Profile { get; init; }
    public required string Name { get; init; }
    public required string NameMissing { get; init; }
    public required string Language { get; init; }
    public required string Save { get; init; }
    public required string Saved { get; init; }
    public required string Applications { get; init; }

    public required string EmailTitle { get; init; }
    public required Func<string, string> EmailNow { get; init; }
    public required string EmailHint { get; init; }
    public required string NewEmail { get; init; }
    public required string EmailInvalid { get; init; }
    public required string EmailSame { get; init; }
    public required string EmailSent { get; init; }
    public required string ChangeEmail { get; init; }
    public required string ConfirmEmailTitle { get; init; }
    public required Func<string, string, string> ConfirmEmailQuestion { get; init; }
    public required string Confirm { get; init; }
    public required string ConfirmedOne { get; init; }
    public required string ConfirmedBoth { get; init; }
    public required string EmailTaken { get; init; }
    public required string LinkInvalid { get; init; }

    public required string PasswordTitle { get; init; }
    public required string PasswordHint { get; init; }
    public required string CurrentPassword { get; init; }
    public required string CurrentPasswordWrong { get; init; }
    public required string ChangePassword { get; init; }
    public required Func<string, string> PasswordError { get; init; }

    public required string Sessions { get; init; }
    public required string SessionsHint { get; init; }
    public required string ThisSession { get; init; }
    public required string UnknownDevice { get; init; }
    public required string SignedInAt { get; init; }
    public required string LastUse { get; init; }
    public required string IpAddress { get; init; }
    public required string EndSession { get; init; }
    public required string EndOthers { get; init; }

    public required string History { get; init; }
    public required string HistoryHint { get; init; }
    public required string When { get; init; }
    public required string What { get; init; }
    public required Func<string, string> Event { get; init; }

    public required string DeleteTitle { get; init; }
    public required string DeleteHint { get; init; }
    public required string DeleteAsk { get; init; }
    public required string DeleteAsked { get; init; }
    public required string DeleteWithdraw { get; init; }

    public static readonly AccountTexts English = new()
    {
        ForgotPassword = "Forgot your password?",
        ForgotPasswordHint = "Enter the e-mail address of your account. If it has an account, we send it a link to set a new password.",
        SendLink = "Send link",
        LinkSent = "If this address has an account, a mail with a link is on its way. The link works for one hour.",
        BackToSignIn = "Back to sign-in",
        ResetTitle = "Set a new password",
        ResetFor = email => $"For the account {email}. Use at least {PasswordRules.MinLength} characters; a few words are easy to remember. All sessions end.",
        ResetInvalid = "This link does not work any more: it has been used already, or it is older than one hour.",
        ResetDone = "Your password is set, and all other sessions have ended.",
        ChooseTenantTitle = "Choose an organisation",
        JoinTitle = "Accept the invitation",
        JoinQuestion = (organisation, email) => $"{organisation} invites you to join with the account {email}.",
        Join = "Join",
        JoinDone = organisation => $"You have joined {organisation}.",
        JoinInvalid = "This link does not work any more: it is older than three days, the invitation was withdrawn, or something about your account has changed. Ask the person who invited you for a new one.",
        SignUpTitle = "Create your organisation",
        SignUpQuestion = (organisation, email) => $"{organisation} is created with the account {email} as its administrator.",
        SignUpPassword = $"Choose a password of at least {PasswordRules.MinLength} characters; a few words are easy to remember.",
        CreateOrganisation = "Create organisation",
        SignUpDone = organisation => $"{organisation} is ready.",
        SignUpInvalid = "This link does not work any more: it is older than three days, or something about your account has changed. Sign up again.",
        Navigation = "Your account",
        Profile = "Profile",
        Name = "Name",
        NameMissing = "Enter your name.",
        Language = "Language",
        Save = "Save",
        Saved = "Saved.",
        Applications = "Applications",
        EmailTitle = "E-mail address",
        EmailNow = email => $"You sign in with {email}.",
        EmailHint = "We send a link to the present and to the new address. The address changes when both are confirmed.",
        NewEmail = "New e-mail address",
        EmailInvalid = "Enter an e-mail address such as name@example.com.",
        EmailSame = "This is the present address.",
        EmailSent = "We have sent a link to both addresses. Confirm both within one day.",
        ChangeEmail = "Change e-mail address",
        ConfirmEmailTitle = "Confirm the change",
        ConfirmEmailQuestion = (from, to) => $"The e-mail address of your account changes from {from} to {to}.",
        Confirm = "Confirm",
        ConfirmedOne = "Confirmed. The address changes when the other mail is confirmed as well.",
        ConfirmedBoth = "The e-mail address of your account has changed. Sign in with it from now on.",
        EmailTaken = "Another account has this address, so the address of your account stays as it is.",
        LinkInvalid = "This link does not work any more: it has been used already, or it is too old.",
        PasswordTitle = "Password",
        PasswordHint = $"Use at least {PasswordRules.MinLength} characters; a few words are easy to remember. All other sessions end.",
        CurrentPassword = "Current password",
        CurrentPasswordWrong = "This is not your current password.",
        ChangePassword = "Change password",
        PasswordError = code => code switch
        {
            PasswordRules.TooShort => $"Use at least {PasswordRules.MinLength} characters.",
            PasswordRules.TooLong => $"Use at most {PasswordRules.MaxLength} characters.",
            PasswordRules.Personal => "Your name or e-mail address is too easy to guess.",
            PasswordRules.Breached => "This password is on lists of stolen passwords. Choose another one.",
            _ => "This password has characters that cannot be stored.",
        },
        Sessions = "Sessions",
        SessionsHint = "Where you are signed in. Ending a session signs it out of every application.",
        ThisSession = "This session",
        UnknownDevice = "Unknown browser",
        SignedInAt = "Signed in",
        LastUse = "Last use",
        IpAddress = "IP address",
        EndSession = "Sign out",
        EndOthers = "Sign out everywhere else",
        History = "History",
        HistoryHint = "The last 50 events of your account.",
        When = "When",
        What = "What",
        Event = kind => kind switch
        {
            "sign_in" => "Signed in",
            "sign_in_failed" => "Failed sign-in",
            "sign_out" => "Signed out",
            "session_ended" => "Session ended",
            "token_refused" => "Application refused",
            "token_revoked" => "Application signed out",
            "tenant_switch" => "Organisation switched",
            "password_set" => "Password set",
            "password_reset" => "Password reset",
            "password_changed" => "Password changed",
            "email_changed" => "E-mail address changed",
            "factor_added" => "Second factor added",
            "factor_removed" => "Second factor removed",
            "factor_renamed" => "Passkey renamed",
            "factors_reset" => "Second factors reset by staff",
            "account_locked" => "Locked by staff",
            "account_unlocked" => "Unlocked by staff",
            "deletion_requested" => "Deletion requested",
            "deletion_withdrawn" => "Deletion request withdrawn",
            _ => kind,
        },
        DeleteTitle = "Delete account",
        DeleteHint = "Your request goes to the operator of the platform, who checks what your organisations have to keep by law and then deletes the account. Until then you can withdraw it.",
        DeleteAsk = "Request deletion",
        DeleteAsked = "You have asked for the deletion of your account.",
        DeleteWithdraw = "Withdraw the request",
    };

    public static readonly AccountTexts Portuguese = new()
    {
        ForgotPassword = "Esqueceu a sua senha?",
        ForgotPasswordHint = "Informe o e-mail da sua conta. Se houver uma conta, enviaremos um link para definir uma nova senha.",
        SendLink = "Enviar link",
        LinkSent = "Se este e-mail tiver uma conta, uma mensagem com um link está a caminho. O link funciona durante uma hora.",
        BackToSignIn = "Voltar para entrar",
        ResetTitle = "Defina uma nova senha",
        ResetFor = email => $"Para a conta {email}. Use pelo menos {PasswordRules.MinLength} caracteres; algumas palavras são fáceis de lembrar. Todas as sessões terminam.",
        ResetInvalid = "Este link não funciona mais: já foi usado ou tem mais de uma hora.",
        ResetDone = "A sua senha está definida, e todas as outras sessões terminaram.",
        ChooseTenantTitle = "Escolha uma organização",
        JoinTitle = "Aceitar o convite",
        JoinQuestion = (organisation, email) => $"{organisation} convida você a participar com a conta {email}.",
        Join = "Participar",
        JoinDone = organisation => $"Agora você participa de {organisation}.",
        JoinInvalid = "Este link não funciona mais: tem mais de três dias, o convite foi retirado, ou algo na sua conta mudou. Peça um novo a quem convidou você.",
        SignUpTitle = "Crie a sua organização",
        SignUpQuestion = (organisation, email) => $"{organisation} será criada com a conta {email} como administradora.",
        SignUpPassword = $"Escolha uma senha com pelo menos {PasswordRules.MinLength} caracteres; algumas palavras são fáceis de lembrar.",
        CreateOrganisation = "Criar organização",
        SignUpDone = organisation => $"{organisation} está pronta.",
        SignUpInvalid = "Este link não funciona mais: tem mais de três dias, ou algo na sua conta mudou. Cadastre-se de novo.",
        Navigation = "Sua conta",
        Profile = "Perfil",
        Name = "Nome",
        NameMissing = "Informe o seu nome.",
        Language = "Idioma",
        Save = "Salvar",
        Saved = "Salvo.",
        Applications = "Aplicativos",
        EmailTitle = "E-mail",
        EmailNow = email => $"Você entra com {email}.",
        EmailHint = "Enviamos um link ao endereço atual e ao novo. O endereço muda quando os dois forem confirmados.",
        NewEmail = "Novo e-mail",
        EmailInvalid = "Informe um e-mail como nome@exemplo.com.",
        EmailSame = "Este é o endereço atual.",
        EmailSent = "Enviamos um link aos dois endereços. Confirme os dois dentro de um dia.",
        ChangeEmail = "Mudar o e-mail",
        ConfirmEmailTitle = "Confirme a mudança",
        ConfirmEmailQuestion = (from, to) => $"O e-mail da sua conta muda de {from} para {to}.",
        Confirm = "Confirmar",
        ConfirmedOne = "Confirmado. O endereço muda quando a outra mensagem também for confirmada.",
        ConfirmedBoth = "O e-mail da sua conta foi alterado. Use-o para entrar a partir de agora.",
        EmailTaken = "Outra conta usa este endereço, portanto o da sua conta continua o mesmo.",
        LinkInvalid = "Este link não funciona mais: já foi usado ou é antigo demais.",
        PasswordTitle = "Senha",
        PasswordHint = $"Use pelo menos {PasswordRules.MinLength} caracteres; algumas palavras são fáceis de lembrar. Todas as outras sessões terminam.",
        CurrentPassword = "Senha atual",
        CurrentPasswordWrong = "Esta não é a sua senha atual.",
        ChangePassword = "Mudar a senha",
        PasswordError = code => code switch
        {
            PasswordRules.TooShort => $"Use pelo menos {PasswordRules.MinLength} caracteres.",
            PasswordRules.TooLong => $"Use no máximo {PasswordRules.MaxLength} caracteres.",
            PasswordRules.Personal => "O seu nome ou e-mail é fácil demais de adivinhar.",
            PasswordRules.Breached => "Esta senha está em listas de senhas roubadas. Escolha outra.",
            _ => "Esta senha tem caracteres que não podem ser guardados.",
        },
        Sessions = "Sessões",
        SessionsHint = "Onde você está conectado. Encerrar uma sessão sai de todos os aplicativos.",
        ThisSession = "Esta sessão",
        UnknownDevice = "Navegador desconhecido",
        SignedInAt = "Entrada",
        LastUse = "Último uso",
        IpAddress = "Endereço IP",
        EndSession = "Sair",
        EndOthers = "Sair de todas as outras",
        History = "Histórico",
        HistoryHint = "Os últimos 50 eventos da sua conta.",
        When = "Quando",
        What = "O quê",
        Event = kind => kind switch
        {
            "sign_in" => "Entrou",
            "sign_in_failed" => "Falha ao entrar",
            "sign_out" => "Saiu",
            "session_ended" => "Sessão encerrada",
            "token_refused" => "Aplicativo recusado",
            "token_revoked" => "Saiu do aplicativo",
            "tenant_switch" => "Trocou de organização",
            "password_set" => "Senha definida",
            "password_reset" => "Senha redefinida",
            "password_changed" => "Senha alterada",
            "email_changed" => "E-mail alterado",
            "factor_added" => "Segundo fator adicionado",
            "factor_removed" => "Segundo fator removido",
            "factor_renamed" => "Chave de acesso renomeada",
            "factors_reset" => "Segundos fatores removidos pela equipe",
            "account_locked" => "Bloqueada pela equipe",
            "account_unlocked" => "Desbloqueada pela equipe",
            "deletion_requested" => "Exclusão solicitada",
            "deletion_withdrawn" => "Pedido de exclusão retirado",
            _ => kind,
        },
        DeleteTitle = "Excluir a conta",
        DeleteHint = "O seu pedido vai para o operador da plataforma, que verifica o que as suas organizações precisam guardar por lei e depois exclui a conta. Até lá você pode retirar o pedido.",
        DeleteAsk = "Solicitar exclusão",
        DeleteAsked = "Você solicitou a exclusão da sua conta.",
        DeleteWithdraw = "Retirar o pedido",
    };
}
