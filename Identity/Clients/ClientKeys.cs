using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.IdentityModel.Tokens;
using Platform.ServiceDefaults.Clients;

namespace Platform.Identity.Clients;

/// <summary>Public keys of clients.</summary>
internal static class ClientKeys
{
    private static readonly JsonSerializerOptions Json =
        new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <inheritdoc cref="ServiceClient.ReadKeys" />
    public static string Read(string textOrPath)
    {
        var text = PemKey.TextOf(textOrPath);
        var set = new JsonWebKeySet();
        if (text.TrimStart() is ['{', ..]) set = new(text);
        else set.Keys.Add(JsonWebKeyConverter.ConvertFromSecurityKey(PemKey.Read(text)));

        if (set.Keys.Count == 0) throw new InvalidOperationException("The key set of a client is empty.");
        if (set.Keys.Any(key => key.HasPrivateKey || key.K is not null))
        {
            throw new InvalidOperationException(
                "The key set of a client holds a private key, which belongs to the client alone.");
        }

        // The library writes empty lists too, which some others refuse.
        var keys = set.Keys.Select(key => new
        {
            kty = key.Kty,
            use = "sig",
            kid = key.Kid,
            n = key.N,
            e = key.E,
            crv = key.Crv,
            x = key.X,
            y = key.Y,
        });
        return JsonSerializer.Serialize(new { keys }, Json);
    }

    /// <summary>Names a key by what it is (RFC 7638).</summary>
    public static IEnumerable<string> Thumbprints(JsonWebKeySet set) =>
        set.Keys.Select(key => Base64UrlEncoder.Encode(key.ComputeJwkThumbprint()));
}
