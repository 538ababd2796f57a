using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Platform.Api.Http;

/// <summary>Where a page of a list that is sorted by time and number ends. Opaque to clients.</summary>
internal readonly record struct Cursor(DateTimeOffset At, long Id)
{
    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{At.UtcTicks}.{Id}"));

    /// <returns>Null if it is none of ours.</returns>
    public static Cursor? Read(string text)
    {
        if (text.Length > 100 || !Base64Url.IsValid(text)) return null;

        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('.') is [var at, var number]
            && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && ticks <= DateTime.MaxValue.Ticks
                ? new(new(ticks, TimeSpan.Zero), id)
                : null;
    }
}
