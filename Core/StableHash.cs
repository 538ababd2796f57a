namespace Platform.Core;

/// <summary>FNV-1a with 64 bits: the same in every process and version, which <c>GetHashCode</c> is not.</summary>
public static class StableHash
{
    private const ulong Offset = 14_695_981_039_346_656_037;
    private const ulong Prime = 1_099_511_628_211;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Offset;
        foreach (var b in bytes) hash = unchecked((hash ^ b) * Prime);
        return hash;
    }

    /// <summary>Of the eight bytes of each number, the lowest first.</summary>
    public static ulong Of(params ReadOnlySpan<ulong> numbers)
    {
        var hash = Offset;
        foreach (var number in numbers)
        {
            for (var shift = 0; shift < 64; shift += 8) hash = unchecked((hash ^ ((number >> shift) & 0xff)) * Prime);
        }

        return hash;
    }
}
