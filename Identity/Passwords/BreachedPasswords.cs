using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Platform.Identity.Passwords;

internal sealed class BreachListOptions
{
    public const string Section = "Passwords";

    /// <summary>
    /// A folder of range files as Have I Been Pwned serves them: <c>5BAA6</c> or <c>5BAA6.txt</c> holds a line
    /// <c>SUFFIX:COUNT</c> for each SHA-1 hash that begins so. Without it, only the list that comes with Identity is
    /// asked.
    /// </summary>
    public string? BreachedFolder { get; init; }
}

/// <summary>
/// Passwords known from breaches: a short list that comes with Identity, and the folder that the operator mounts. A
/// lookup reads one range file, so the list needs no memory; nothing leaves the machine.
/// </summary>
internal sealed class BreachedPasswords(IOptions<BreachListOptions> options)
{
    private const int PrefixLength = 5;

    private static readonly Lazy<HashSet<string>> Common = new(ReadCommon);

    /// <param name="password">In normalisation form C.</param>
    public async Task<bool> ContainsAsync(string password)
    {
        if (Common.Value.Contains(password)) return true;
        if (options.Value.BreachedFolder is not { Length: > 0 } folder) return false;

#pragma warning disable CA5350 // The lists use SHA-1 as a name for a password; it protects nothing here.
        var hash = Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
        return await ListsAsync(folder, hash[..PrefixLength], hash[PrefixLength..]);
    }

    private static async Task<bool> ListsAsync(string folder, string prefix, string suffix)
    {
        string[] files = [Path.Combine(folder, prefix), Path.Combine(folder, $"{prefix}.txt")];
        foreach (var file in files.Where(File.Exists))
        {
            await foreach (var line in File.ReadLinesAsync(file))
            {
                // A count of zero is padding, which hides how many hashes a range has.
                if (line.StartsWith(suffix, StringComparison.OrdinalIgnoreCase) && !line.EndsWith(":0", StringComparison.Ordinal)) return true;
            }
        }

        return false;
    }

    private static HashSet<string> ReadCommon()
    {
        using var stream = typeof(BreachedPasswords).Assembly.GetManifestResourceStream("common-passwords.txt")!;
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Where(line => !line.StartsWith('#')).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }
}
