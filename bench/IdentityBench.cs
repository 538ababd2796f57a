using System.Security.Cryptography;

namespace Platform.Bench;

/// <summary>Tokens a second, beside the raw limit: signatures a second of the same key size on the same cores.</summary>
internal static class IdentityBench
{
    public static async IAsyncEnumerable<Figure> RunAsync(BenchStack stack)
    {
        var keys = Enumerable.Range(0, 8).Select(_ => RSA.Create(2048)).ToArray();
        var payload = RandomNumberGenerator.GetBytes(700); // as long as the signed part of one of our access tokens

        yield return await Load.CompareAsync(
            "identity.client_credentials.8_clients", 8, goal: 0.2,
            product: _ => stack.TokenAsync(),
            limit: client =>
            {
                keys[client].SignData(payload, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                return Task.CompletedTask;
            });

        foreach (var key in keys) key.Dispose();
    }
}
