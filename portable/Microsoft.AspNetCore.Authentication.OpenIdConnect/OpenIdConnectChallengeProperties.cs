using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Microsoft.AspNetCore.Authentication.OpenIdConnect;

/// <summary>Wishes for one sign-in that go before those of the options.</summary>
public class OpenIdConnectChallengeProperties : OAuthChallengeProperties
{
    public static readonly string MaxAgeKey = OpenIdConnectParameterNames.MaxAge;
    public static readonly string PromptKey = OpenIdConnectParameterNames.Prompt;

    public OpenIdConnectChallengeProperties()
    {
    }

    public OpenIdConnectChallengeProperties(IDictionary<string, string?> items)
        : base(items)
    {
    }

    public OpenIdConnectChallengeProperties(IDictionary<string, string?> items, IDictionary<string, object?> parameters)
        : base(items, parameters)
    {
    }

    public TimeSpan? MaxAge
    {
        get => GetParameter<TimeSpan?>(MaxAgeKey);
        set => SetParameter(MaxAgeKey, value);
    }

    public string? Prompt
    {
        get => GetParameter<string>(PromptKey);
        set => SetParameter(PromptKey, value);
    }
}
