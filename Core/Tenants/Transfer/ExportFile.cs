using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Tenants;


namespace Platform.Core.Tenants.Transfer;

/// <summary>An export that was sent to us, on disk while it is read: it may be larger than memory.</summary>
public sealed class ExportFile(Stream file, ZipArchive zip, ExportManifest manifest) : IAsyncDisposable
{
    private const int Chunk = 64 * 1024;

    /// <summary>Bytes of one row. Nothing that the API writes comes near.</summary>
    private const int MaxRowBytes = 16 * 1024 * 1024;

    /// <summary>Bytes of the manifest, which is read as a whole; of a longer one not all, so it is no JSON.</summary>
    private const int MaxManifestBytes = 1024 * 1024;

    public ExportManifest Manifest => manifest;

    /// <summary>The ZIP itself.</summary>
    public Stream Archive => file;

    /// <summary>Takes the body to disk and reads its manifest.</summary>
    public static async Task<Result<ExportFile>> ReceiveAsync(Stream body, CancellationToken ct)
    {
        var file = new FileStream(
            Path.Combine(Path.GetTempPath(), $"{Guid.CreateVersion7():n}.zip"), FileMode.CreateNew,
            FileAccess.ReadWrite, FileShare.None, Chunk, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            await body.CopyToAsync(file, ct);
            file.Position = 0;
            var zip = await ZipArchive.CreateAsync(
                file, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, ct);
            if ((await ReadManifestAsync(zip, ct)).TryGet(out var manifest, out var rejection))
            {
                return new ExportFile(file, zip, manifest);
            }

            await file.DisposeAsync();
            return rejection;
        }
        catch (InvalidDataException)
        {
            await file.DisposeAsync();
            return new Rejection(RejectionKind.Invalid, Codes.InvalidFile, "The body is not a ZIP archive.");
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    public static Rejection Corrupt(string name, string detail) =>
        new(RejectionKind.Invalid, Codes.ExportCorrupt, detail)
        {
            Extras = new() { File = name },
        };

    /// <summary>Whether every file is there, and as the manifest says.</summary>
    public async Task<Rejection?> VerifyAsync(CancellationToken ct)
    {
        var names = manifest.Files.Select(f => f.Name).Append(TenantArchive.Manifest).ToHashSet();
        if (names.Count <= manifest.Files.Count)
        {
            return Corrupt(TenantArchive.Manifest, "The manifest names a file twice.");
        }

        var files = zip.Entries.Where(e => !e.FullName.EndsWith('/')); // folders, where somebody packed it again
        if (files.FirstOrDefault(e => !names.Remove(e.FullName)) is { } unknown)
        {
            return Corrupt(unknown.FullName, "The manifest does not list this file, or the file exists twice.");
        }

        foreach (var said in manifest.Files)
        {
            if (zip.GetEntry(said.Name) is not { } entry) return Corrupt(said.Name, "The file is missing.");
            if (await VerifyAsync(entry, said, ct) is { } wrong) return Corrupt(said.Name, wrong);
        }

        return null;
    }

    /// <summary>The rows of a verified file.</summary>
    public async IAsyncEnumerable<string> LinesAsync(
        string name, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var stream = await zip.GetEntry(name)!.OpenAsync(ct);
        using var reader = new StreamReader(stream, ArchiveText.Encoding, detectEncodingFromByteOrderMarks: false);
        while (await reader.ReadLineAsync(ct) is { } line) yield return line;
    }

    public async ValueTask DisposeAsync()
    {
        await zip.DisposeAsync();
        await file.DisposeAsync();
    }

    private static async Task<string?> VerifyAsync(ZipArchiveEntry entry, ExportedFile said, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[Chunk];
        var (rows, bytes, line) = (0L, 0L, 0L);
        try
        {
            await using var stream = await entry.OpenAsync(ct);
            for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0;)
            {
                var chunk = buffer.AsMemory(0, read);
                hash.AppendData(chunk.Span);
                bytes += read;
                var (ends, rest) = (chunk.Span.Count((byte)'\n'), read - 1 - chunk.Span.LastIndexOf((byte)'\n'));
                rows += ends;
                line = ends > 0 ? rest : line + read;
                if (bytes > said.Bytes) return "The file is longer than the manifest says."; // and may be without end
                if (line > MaxRowBytes) return "A row is too long.";
            }
        }
        catch (InvalidDataException)
        {
            return "The file cannot be unpacked.";
        }

        if (line > 0) return "The last row is incomplete.";
        if (rows != said.Rows || bytes != said.Bytes) return "The file is shorter than the manifest says.";

        return Convert.ToHexStringLower(hash.GetHashAndReset()) == said.Sha256
            ? null
            : "The file is not what the manifest says: its SHA-256 differs.";
    }

    private static async Task<Result<ExportManifest>> ReadManifestAsync(ZipArchive zip, CancellationToken ct)
    {
        if (zip.GetEntry(TenantArchive.Manifest) is not { } entry)
        {
            return Corrupt(TenantArchive.Manifest, "The archive has no manifest.");
        }

        try
        {
            await using var stream = await entry.OpenAsync(ct);
            var text = new byte[MaxManifestBytes];
            var length = await stream.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, ct);
            var manifest = JsonSerializer.Deserialize<ExportManifest>(text.AsSpan(0, length), PlatformJson.Options);
            if (manifest is null || manifest.Files.Any(f => f is null) || manifest.Migrations.Any(m => m is null))
            {
                return Corrupt(TenantArchive.Manifest, "The manifest cannot be read.");
            }

            return manifest is { Format: ExportManifest.FormatName, FormatVersion: ExportManifest.CurrentVersion }
                ? manifest
                : Unsupported("The export has another format or version.");
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            return Corrupt(TenantArchive.Manifest, "The manifest cannot be read.");
        }
    }

    public static Rejection Unsupported(string detail) =>
        new(RejectionKind.Invalid, Codes.ExportUnsupported, detail);
}
