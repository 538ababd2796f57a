namespace Platform.Identity.Text;

/// <summary>Texts about second factors and passkeys.</summary>
internal sealed record FactorTexts
{
    public required string Title { get; init; }
    public required string Hint { get; init; }

    public required string ProveTitle { get; init; }
    public required string ProveHint { get; init; }
    public required string Prove { get; init; }
    public required string PasskeyProve { get; init; }

    public required string App { get; init; }
    public required string AppSince { get; init; }
    public required string AppNone { get; init; }
    public required string AppSetUp { get; init; }
    public required string AppScan { get; init; }
    public required string AppQrCode { get; init; }
    public required string AppSecret { get; init; }
    public required string AppConfirm { get; init; }
    public required string Remove { get; init; }
    public required string Back { get; init; }

    public required string Codes { get; init; }
    public required Func<int, string> CodesLeft { get; init; }
    public required string CodesNew { get; init; }
    public required string CodesOnce { get; init; }

    public required string Passkeys { get; init; }
    public required string PasskeysNone { get; init; }
    public required string PasskeyName { get; init; }
    public required Func<string, string> PasskeyNameOf { get; init; }
    public required string PasskeyNameMissing { get; init; }
    public required string PasskeyAdd { get; init; }
    public required string PasskeyRename { get; init; }
    public required Func<string, string> PasskeyRemove { get; init; }
    public required string PasskeyCreated { get; init; }
    public required string PasskeyLastUse { get; init; }
    public required string PasskeyUse { get; init; }
    public required string PasskeyFailed { get; init; }
    public required string PasskeyNotAdded { get; init; }
    public required string PasskeyRefused { get; init; }

    public required string ShowTitle { get; init; }
    public required string ShowHint { get; init; }
    public required string ShowPasskeyHint { get; init; }
    public required string CodeOfApp { get; init; }
    public required string CodeOrRecovery { get; init; }
    public required string RecoveryCode { get; init; }
    public required string CodeMissing { get; init; }
    public required string CodeWrong { get; init; }
    public required string CodeNotOfApp { get; init; }
    public required string Continue { get; init; }

    public required string SetUpTitle { get; init; }
    public required string SetUpHint { get; init; }
    public required string SetUpDone { get; init; }

    public required string Required { get; init; }
    public required string Stale { get; init; }

    public static readonly FactorTexts English = new()
    {
        Title = "Security",
        Hint = "With an authenticator app or a passkey, your password alone no longer opens your account. A change ends all other sessions.",
        ProveTitle = "Confirm that it is you",
        ProveHint = "Before you change how you sign in, enter your password again, or use a passkey.",
        Prove = "Confirm",
        PasskeyProve = "Confirm with a passkey",
        App = "Authenticator app",
        AppSince = "Set up",
        AppNone = "No app is set up.",
        AppSetUp = "Set up an authenticator app",
        AppScan = "Scan the QR code with an authenticator app, or type the key into it. Then enter the code that the app shows.",
        AppQrCode = "QR code of the key below",
        AppSecret = "Key",
        AppConfirm = "Set up the app",
        Remove = "Remove the app",
        Back = "Back to security",
        Codes = "Recovery codes",
        CodesLeft = count => count == 1 ? "One code is left." : $"{count} codes are left.",
        CodesNew = "Make new recovery codes",
        CodesOnce = "Keep these codes where you find them without your device. Each one signs you in once if you have lost your app and your passkeys. They are shown only now; older codes do not work.",
        Passkeys = "Passkeys",
        PasskeysNone = "You have no passkey. A passkey signs you in with your fingerprint, your face or the PIN of your device, without a password.",
        PasskeyName = "Name of the new passkey",
        PasskeyNameOf = name => $"Name of the passkey {name}",
        PasskeyNameMissing = "Enter a name of at most 100 characters.",
        PasskeyAdd = "Add a passkey",
        PasskeyRename = "Rename",
        PasskeyRemove = name => $"Remove {name}",
        PasskeyCreated = "Added",
        PasskeyLastUse = "Last use",
        PasskeyUse = "Sign in with a passkey",
        PasskeyFailed = "The passkey was not used. Please try again.",
        PasskeyNotAdded = "The passkey was not added. Please try again; a device can have one passkey of your account, and an account 20.",
        PasskeyRefused = "This passkey does not open your account: it was removed, or the device did not check that it is you.",
        ShowTitle = "Second step",
        ShowHint = "Enter the code that your authenticator app shows. Without your device, enter one of your recovery codes.",
        ShowPasskeyHint = "Use your passkey. Without your device, enter one of your recovery codes.",
        CodeOfApp = "Code from the app",
        CodeOrRecovery = "Code from the app, or a recovery code",
        RecoveryCode = "Recovery code",
        CodeMissing = "Enter a code.",
        CodeWrong = "This code is wrong or has been used. Wait for the next one; after several attempts, wait 15 minutes.",
        CodeNotOfApp = "This is not the code that the app shows now. Check the clock of your device and enter the next code.",
        Continue = "Continue",
        SetUpTitle = "Set up a second step",
        SetUpHint = "Your account needs more than a password. Set up an authenticator app or a passkey to continue.",
        SetUpDone = "Your second step is set up",
        Required = "Your account needs a second step, and this is the last one. Add another one first.",
        Stale = "Your security settings have changed since you opened this page. Please check them again.",
    };

    public static readonly FactorTexts Portuguese = new()
    {
        Title = "Segurança",
        Hint = "Com um aplicativo autenticador ou uma chave de acesso, a senha sozinha não abre mais a sua conta. Uma mudança encerra todas as outras sessões.",
        ProveTitle = "Confirme que é você",
        ProveHint = "Antes de mudar como você entra, informe a sua senha de novo ou use uma chave de acesso.",
        Prove = "Confirmar",
        PasskeyProve = "Confirmar com chave de acesso",
        App = "Aplicativo autenticador",
        AppSince = "Configurado",
        AppNone = "Nenhum aplicativo está configurado.",
        AppSetUp = "Configurar um aplicativo autenticador",
        AppScan = "Leia o código QR com um aplicativo autenticador ou digite a chave nele. Depois informe o código que o aplicativo mostra.",
        AppQrCode = "Código QR da chave abaixo",
        AppSecret = "Chave",
        AppConfirm = "Configurar o aplicativo",
        Remove = "Remover o aplicativo",
        Back = "Voltar para segurança",
        Codes = "Códigos de recuperação",
        CodesLeft = count => count == 1 ? "Resta um código." : $"Restam {count} códigos.",
        CodesNew = "Criar novos códigos de recuperação",
        CodesOnce = "Guarde estes códigos onde você os encontre sem o seu dispositivo. Cada um permite entrar uma vez se você perder o aplicativo e as chaves de acesso. Eles só são mostrados agora; códigos anteriores não funcionam.",
        Passkeys = "Chaves de acesso",
        PasskeysNone = "Você não tem chave de acesso. Com ela você entra com a impressão digital, o rosto ou o PIN do dispositivo, sem senha.",
        PasskeyName = "Nome da nova chave de acesso",
        PasskeyNameOf = name => $"Nome da chave de acesso {name}",
        PasskeyNameMissing = "Informe um nome de até 100 caracteres.",
        PasskeyAdd = "Adicionar chave de acesso",
        PasskeyRename = "Renomear",
        PasskeyRemove = name => $"Remover {name}",
        PasskeyCreated = "Adicionada",
        PasskeyLastUse = "Último uso",
        PasskeyUse = "Entrar com chave de acesso",
        PasskeyFailed = "A chave de acesso não foi usada. Tente novamente.",
        PasskeyNotAdded = "A chave de acesso não foi adicionada. Tente novamente; um dispositivo pode ter uma chave da sua conta, e uma conta 20.",
        PasskeyRefused = "Esta chave de acesso não abre a sua conta: ela foi removida, ou o dispositivo não verificou que é você.",
        ShowTitle = "Segunda etapa",
        ShowHint = "Informe o código que o seu aplicativo autenticador mostra. Sem o seu dispositivo, informe um dos códigos de recuperação.",
        ShowPasskeyHint = "Use a sua chave de acesso. Sem o seu dispositivo, informe um dos códigos de recuperação.",
        CodeOfApp = "Código do aplicativo",
        CodeOrRecovery = "Código do aplicativo ou de recuperação",
        RecoveryCode = "Código de recuperação",
        CodeMissing = "Informe um código.",
        CodeWrong = "Este código está errado ou já foi usado. Aguarde o próximo; depois de várias tentativas, aguarde 15 minutos.",
        CodeNotOfApp = "Este não é o código que o aplicativo mostra agora. Confira o relógio do dispositivo e informe o próximo código.",
        Continue = "Continuar",
        SetUpTitle = "Configure uma segunda etapa",
        SetUpHint = "A sua conta precisa de mais do que uma senha. Configure um aplicativo autenticador ou uma chave de acesso para continuar.",
        SetUpDone = "A segunda etapa está configurada",
        Required = "A sua conta precisa de uma segunda etapa, e esta é a última. Adicione outra antes.",
        Stale = "As suas configurações de segurança mudaram. Confira-as novamente.",
    };
}
