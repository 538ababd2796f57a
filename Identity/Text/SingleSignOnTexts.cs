using Platform.Identity.SingleSignOn;

namespace Platform.Identity.Text;

/// <summary>Texts of sign-in at the provider of one's own organisation, in one language.</summary>
internal sealed record SingleSignOnTexts
{
    public required string Button { get; init; }
    public required string Title { get; init; }
    public required string NoProvider { get; init; }
    public required string Required { get; init; }
    public required string ProviderUnavailable { get; init; }
    public required string Failed { get; init; }
    public required string BackToSignIn { get; init; }
    public required string EmailUnverified { get; init; }
    public required string OtherDomain { get; init; }
    public required string OtherPerson { get; init; }
    public required string Staff { get; init; }

    public string? Of(SingleSignOnRejection rejection) => rejection switch
    {
        SingleSignOnRejection.EmailUnverified => EmailUnverified,
        SingleSignOnRejection.OtherDomain => OtherDomain,
        SingleSignOnRejection.OtherPerson => OtherPerson,
        SingleSignOnRejection.Staff => Staff,
        _ => null,
    };

    public static readonly SingleSignOnTexts English = new()
    {
        Button = "Use my organisation’s sign-in",
        Title = "Sign-in at your organisation",
        NoProvider = "No organisation signs people in for this e-mail address. Enter your password instead.",
        Required = "Your organisation requires its own sign-in. Choose “Use my organisation’s sign-in”.",
        ProviderUnavailable = "Your organisation’s sign-in does not answer. Please try again in a few minutes, or ask your administrator.",
        Failed = "The sign-in at your organisation did not succeed, or took too long. Nothing is wrong with your account: please try again.",
        BackToSignIn = "Back to the sign-in form",
        EmailUnverified = "Your organisation’s sign-in does not confirm your e-mail address. Ask your administrator to have it send a verified address.",
        OtherDomain = "Your e-mail address does not belong to a domain of this organisation. Ask your administrator for an invitation.",
        OtherPerson = "Another person used this e-mail address here before. Ask your administrator for help.",
        Staff = "Platform staff sign in with their password here.",
    };

    public static readonly SingleSignOnTexts Portuguese = new()
    {
        Button = "Usar o login da minha organização",
        Title = "Login na sua organização",
        NoProvider = "Nenhuma organização faz o login deste endereço de e-mail. Informe sua senha.",
        Required = "Sua organização exige o login próprio. Escolha “Usar o login da minha organização”.",
        ProviderUnavailable = "O login da sua organização não responde. Tente novamente em alguns minutos ou fale com o administrador.",
        Failed = "O login na sua organização não foi concluído ou demorou demais. Não há nada errado com sua conta: tente novamente.",
        BackToSignIn = "Voltar ao formulário de login",
        EmailUnverified = "O login da sua organização não confirma seu endereço de e-mail. Peça ao administrador que ele envie um endereço verificado.",
        OtherDomain = "Seu endereço de e-mail não pertence a um domínio desta organização. Peça um convite ao administrador.",
        OtherPerson = "Outra pessoa usou este endereço de e-mail aqui antes. Peça ajuda ao administrador.",
        Staff = "A equipe da plataforma entra aqui com a própria senha.",
    };
}
