using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Platform.Tests.SignIn;

/// <summary>
/// Attacks by a provider, or by an attacker between it and the app. Each changes one part of a valid sign-in, so that
/// only the check against it can refuse.
/// </summary>
internal static class Attacks
{
    public static readonly Dictionary<string, Action<TestProvider>> All = new()
    {
        ["callback: no iss"] = p => p.OnCallback = answer => answer.RemoveAll(a => a.Key is "iss"),
        ["callback: empty iss"] = p => p.OnCallback = answer => Set(answer, "iss", ""),
        ["callback: iss of another"] = p => p.OnCallback = answer => Set(answer, "iss", "https://evil.example"),
        ["callback: iss with a slash"] = p => p.OnCallback = answer => Set(answer, "iss", $"{p.Issuer}/"),
        ["callback: iss twice"] = p => p.OnCallback = answer => answer.Add(new("iss", p.Issuer)),
        ["callback: no state"] = p => p.OnCallback = answer => answer.RemoveAll(a => a.Key is "state"),
        ["callback: made-up state"] = p => p.OnCallback = answer => Set(answer, "state", "CfDJ8aaaa"),
        ["callback: state twice"] = p => p.OnCallback = answer => answer.Add(answer.Single(a => a.Key is "state")),
        ["callback: another state too"] = p => p.OnCallback = answer => answer.Add(new("state", "x")),
        ["callback: code twice"] = p => p.OnCallback = answer => answer.Add(answer.Single(a => a.Key is "code")),
        ["callback: another code too"] = p => p.OnCallback = answer => answer.Add(new("code", "x")),
        ["callback: no code"] = p => p.OnCallback = answer => answer.RemoveAll(a => a.Key is "code"),
        ["callback: unknown code"] = p => p.OnCallback = answer => Set(answer, "code", "made-up"),
        ["callback: an id token as well"] = p => p.OnCallback = answer => answer.Add(new("id_token", "a.b.c")),
        ["callback: an error"] = p => p.OnCallback = answer => answer.Add(new("error", "server_error")),
        ["callback: an error of another issuer"] = p => p.OnCallback = answer =>
        {
            Set(answer, "iss", "https://evil.example");
            answer.Add(new("error", "access_denied"));
        },

        ["tokens: no id token"] = p => p.OnTokenResponse = response => response.Remove("id_token"),
        ["tokens: no access token"] = p => p.OnTokenResponse = response => response.Remove("access_token"),
        ["tokens: of another kind"] = p => p.OnTokenResponse = response => response["token_type"] = "mac",
        ["tokens: id token is not one"] = p => p.OnTokenResponse = response => response["id_token"] = "nonsense",
        ["tokens: 500"] = p => p.OnTokenRequest = _ => Answer(Results.StatusCode(500)),
        ["tokens: HTML"] = p => p.OnTokenRequest = _ => Answer(Results.Content("<p>", "text/html")),
        ["tokens: not JSON"] = p => p.OnTokenRequest = _ => Answer(Results.Content("{", "application/json")),

        ["id token: iss of another"] = p => p.OnIdToken = (_, id) => id["iss"] = "https://evil.example",
        ["id token: no iss"] = p => p.OnIdToken = (_, id) => id.Remove("iss"),
        ["id token: for another"] = p => p.OnIdToken = (_, id) => id["aud"] = "another",
        ["id token: for us and another"] = p => p.OnIdToken = (_, id) => id["aud"] = (string[])[$"{id["aud"]}", "another"],
        ["id token: for us and another, azp us"] = p => p.OnIdToken = (_, id) =>
        {
            id["azp"] = id["aud"];
            id["aud"] = (string[])[$"{id["aud"]}", "another"];
        },
        ["id token: no aud"] = p => p.OnIdToken = (_, id) => id.Remove("aud"),
        ["id token: azp is another"] = p => p.OnIdToken = (_, id) => id["azp"] = "another",
        ["id token: no sub"] = p => p.OnIdToken = (_, id) => id.Remove("sub"),
        ["id token: expired"] = p => p.OnIdToken = (_, id) => id["exp"] = (long)id["iat"]! - 400,
        ["id token: no exp"] = p => p.OnIdToken = (_, id) => id.Remove("exp"),
        ["id token: not valid yet"] = p => p.OnIdToken = (_, id) => id["nbf"] = (long)id["iat"]! + 1000,
        ["id token: no nonce"] = p => p.OnIdToken = (_, id) => id.Remove("nonce"),
        ["id token: wrong nonce"] = p => p.OnIdToken = (_, id) => id["nonce"] = "638000000000000000.other",
        ["id token: wrong at_hash"] = p => p.OnIdToken = (_, id) => id["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA",
        ["id token: alg none"] = p =>
        {
            p.OnIdToken = (header, _) => header["alg"] = "none";
            p.SignIdToken = _ => "";
        },
        ["id token: alg none, signed"] = p => p.OnIdToken = (header, _) => header["alg"] = "none",
        ["id token: no signature"] = p => p.SignIdToken = _ => "",
        ["id token: HS256 by the public key"] = p =>
        {
            p.OnIdToken = (header, _) => header["alg"] = "HS256";
            p.SignIdToken = text => Hmac(p.Key.PublicBytes, text);
        },
        ["id token: HS256 by the client's secret"] = p =>
        {
            p.OnIdToken = (header, _) => header["alg"] = "HS256";
            p.SignIdToken = text => Hmac("secret"u8.ToArray(), text);
        },
        ["id token: another's key under our key's id"] = p => p.SignIdToken = SigningKey.Forged.Sign,
        ["id token: a key that nobody publishes"] = p =>
        {
            p.PublishedKey = SigningKey.First;
            p.Key = SigningKey.Second;
        },
        ["id token: changed after signing"] = p =>
        {
            p.SignIdToken = text => p.Key.Sign(text.Replace('1', '2'));
        },
        ["id token: brings its own key"] = p =>
        {
            p.OnIdToken = (header, _) => header["jwk"] = SigningKey.Second.Public;
            p.SignIdToken = SigningKey.Second.Sign;
        },
    };

    public static TheoryData<string> Names => [.. All.Keys];

    private static void Set(List<KeyValuePair<string, string?>> answer, string name, string value)
    {
        answer.RemoveAll(parameter => parameter.Key == name);
        answer.Add(new(name, value));
    }

    private static Task<IResult?> Answer(IResult result) => Task.FromResult<IResult?>(result);

    private static string Hmac(byte[] key, string text) =>
        WebEncoders.Base64UrlEncode(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text)));
}
