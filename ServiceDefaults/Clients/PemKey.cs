using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Platform.ServiceDefaults.Clients;

/// <summary>Keys of clients, as <c>openssl</c> writes them.</summary>
public static class PemKey
{
    /// <param name="textOrPath">PEM, or the path of a file with it.</param>
    /// <exception cref="InvalidOperationException">It is no key that signs RS256 or ES256.</exception>
    public static AsymmetricSecurityKey Read(string textOrPath)
    {
        var text = TextOf(textOrPath);
        return Import(RSA.Create(), text) is { } rsa ? new RsaSecurityKey(rsa)
            : Import(ECDsa.Create(), text) is { KeySize: 256 } curve ? new ECDsaSecurityKey(curve)
            : throw new InvalidOperationException("The key is neither RSA nor on the curve P-256.");
    }

    /// <inheritdoc cref="Read" />
    public static AsymmetricSecurityKey ReadPrivate(string textOrPath) =>
        Read(textOrPath) is { PrivateKeyStatus: not PrivateKeyStatus.DoesNotExist } key
            ? key
            : throw new InvalidOperationException("The key is a public one.");

    /// <param name="textOrPath">The text itself if it begins like JSON or PEM.</param>
    /// <exception cref="InvalidOperationException">There is no such file.</exception>
    public static string TextOf(string textOrPath)
    {
        if (textOrPath.TrimStart() is ['{' or '-', ..]) return textOrPath;

        try
        {
            return File.ReadAllText(textOrPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidOperationException($"The key file '{textOrPath}' cannot be read.", e);
        }
    }

    private static T? Import<T>(T key, string pem) where T : AsymmetricAlgorithm
    {
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            return null;
        }
    }
}
