using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Platform.ServiceDefaults.KeyRing;

/// <summary>
/// The certificate that encrypts the data protection keys where they are stored, so that a copy of the database or of
/// Redis is worth nothing. Required outside Development.
/// </summary>
internal sealed class KeyRingOptions
{
    public const string Section = "KeyRing";

    /// <summary>Path of a PKCS#12 file with an RSA key. Its dates are not checked.</summary>
    public string? Certificate { get; init; }

    /// <summary>Of that file.</summary>
    public string? Password { get; init; }

    /// <summary>Certificates from before the last change, which encrypt nothing but whose keys can be read.</summary>
    public IReadOnlyList<FormerCertificate> FormerCertificates { get; init; } = [];

    /// <inheritdoc cref="Load(string, string?)" />
    public X509Certificate2 LoadCertificate() => Load(Certificate!, Password);

    /// <inheritdoc cref="Load(string, string?)" />
    public X509Certificate2[] LoadFormer() =>
        [.. FormerCertificates.Select(former => Load(former.Certificate, former.Password))];

    /// <exception cref="InvalidOperationException">The file is missing, or is not what it has to be.</exception>
    private static X509Certificate2 Load(string file, string? password)
    {
        try
        {
            var certificate = X509CertificateLoader.LoadPkcs12FromFile(file, password);
            using var key = certificate.GetRSAPrivateKey();
            return key is not null ? certificate : throw Failure(file, "holds no RSA private key", null);
        }
        catch (Exception e) when (
            e is IOException or ArgumentException or UnauthorizedAccessException or CryptographicException)
        {
            throw Failure(file, $"cannot be read with its {nameof(Password)}", e);
        }
    }

    private static InvalidOperationException Failure(string file, string reason, Exception? cause) =>
        new($"{Section}:{nameof(Certificate)}: '{file}' {reason}. It has to be a PKCS#12 file.", cause);

    internal sealed class FormerCertificate
    {
        /// <inheritdoc cref="KeyRingOptions.Certificate" />
        public string Certificate { get; init; } = "";

        /// <inheritdoc cref="KeyRingOptions.Password" />
        public string? Password { get; init; }
    }
}
