using System.Collections.Specialized;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Duende.IdentityServer.Protocol;

/// <summary>
/// The parameters of a protocol request. An empty value counts as absent, a parameter that we know may stand there once,
/// and those that we do not know are kept for extension grants and otherwise ignored.
/// </summary>
internal sealed partial class Parameters
{
    /// <summary>The longest value of each parameter that we know, in characters.</summary>
    private static readonly Dictionary<string, int> Known = new (string Name, int Length)[]
    {
        ("client_id", 100), ("client_secret", 200), ("redirect_uri", 400), ("scope", 1000), ("state", 2048),
        ("nonce", 300), ("login_hint", 100), ("response_type", 100), ("response_mode", 100), ("prompt", 100),
        ("max_age", 100), ("display", 100), ("ui_locales", 200), ("claims_locales", 200), ("acr_values", 500),
        ("id_token_hint", 8192), ("code_challenge", 128), ("code_challenge_method", 20), ("code_verifier", 128),
        ("request_uri", 500), ("request", 8192), ("registration", 8192), ("claims", 8192), ("code", 200),
        ("refresh_token", 200), ("grant_type", 200), ("token", 8192), ("token_type_hint", 100),
        ("client_assertion", 8192), ("client_assertion_type", 200), ("subject_token", 8192),
        ("subject_token_type", 200), ("requested_token_type", 200), ("actor_token", 8192),
        ("actor_token_type", 200), ("post_logout_redirect_uri", 400), ("logout_hint", 100), ("tenant", 100),
        ("authzId", 100),
    }.ToDictionary(known => known.Name, known => known.Length);

    private readonly Dictionary<string, string> _values = [];
    private readonly HashSet<string> _repeated = [];

    public Parameters(IEnumerable<KeyValuePair<string, StringValues>> source)
    {
        foreach (var (name, values) in source)
        {
            if (values.Count > 1 && Known.ContainsKey(name)) _repeated.Add(name);
            if (values is [{ Length: > 0 } value, ..]) _values[name] = value;
        }
    }

    public Parameters(IReadOnlyDictionary<string, string> source) => _values = source.ToDictionary();

    public string? this[string name] => _values.GetValueOrDefault(name);

    public IReadOnlyDictionary<string, string> Values => _values;

    public bool IsRepeated(string name) => _repeated.Contains(name);

    /// <summary>What is wrong with the form of the request; null when it is well-formed.</summary>
    public string? Fault()
    {
        if (_repeated.Count > 0) return "A parameter is repeated";
        if (_values.Any(pair => Known.TryGetValue(pair.Key, out var length) && pair.Value.Length > length))
        {
            return "A parameter is too long";
        }
        if (this["code_challenge"] is { } challenge && !Challenge.IsMatch(challenge)) return "Invalid code_challenge";
        if (this["code_verifier"] is { } verifier && !Verifier.IsMatch(verifier)) return "Invalid code_verifier";
        return null;
    }

    public string[] Words(string name) =>
        this[name]?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray() ?? [];

    public NameValueCollection ToCollection()
    {
        var all = new NameValueCollection();
        foreach (var (name, value) in _values) all.Add(name, value);
        return all;
    }

    /// <summary>Base64url of a SHA-256.</summary>
    [GeneratedRegex("^[A-Za-z0-9_-]{43}$")]
    private static partial Regex Challenge { get; }

    /// <summary>RFC 7636: 43 to 128 unreserved characters.</summary>
    [GeneratedRegex("^[A-Za-z0-9._~-]{43,128}$")]
    private static partial Regex Verifier { get; }
}

/// <summary>Reads form bodies, or says with which status they are refused.</summary>
internal static class Forms
{
    public const int MaxBytes = 64 * 1024;

    public static async Task<(Parameters? Parameters, int Status)> ReadAsync(HttpRequest request)
    {
        if (!request.HasFormContentType || IsMultipart(request))
        {
            return (null, StatusCodes.Status415UnsupportedMediaType);
        }
        if (request.ContentLength > MaxBytes) return (null, StatusCodes.Status413PayloadTooLarge);

        try
        {
            var form = await request.ReadFormAsync(
                new() { BufferBodyLengthLimit = MaxBytes, ValueLengthLimit = MaxBytes },
                request.HttpContext.RequestAborted);
            return (new(form), StatusCodes.Status200OK);
        }
        catch (BadHttpRequestException e)
        {
            return (null, e.StatusCode);
        }
        catch (InvalidDataException)
        {
            return (null, StatusCodes.Status400BadRequest);
        }
    }

    private static bool IsMultipart(HttpRequest request) =>
        request.ContentType!.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase);
}
