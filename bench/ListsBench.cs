using System.Text.Json;

namespace Platform.Bench;

/// <summary>The lists of a platform with two thousand tenants and two hundred thousand people.</summary>
internal static class ListsBench
{
    private const int Turns = 60, PageSize = 200;

    /// <summary>How much longer the last page may take than the first: nothing but noise.</summary>
    private const double Noise = 1.25;

    /// <summary>The maximum for a list of few rows, in milliseconds.</summary>
    private const double FewRows = 25;

    private const string Staff = "internal/api/v1";

    public static async IAsyncEnumerable<Figure> RunAsync(BenchStack stack, LicensingData data)
    {
        Console.Error.WriteLine("  licensing.lists: filling 2,000 tenants and 200,000 people");
        await data.FillPlatformAsync();
        using var api = await stack.ApiAsync();

        yield return await LastPageAsync(api, "tenants", $"{Staff}/tenants");
        yield return await LastPageAsync(api, "users", $"{Staff}/users");
        yield return await LastPageAsync(api, "members", "api/v1/users");
        yield return await NumberedPageAsync(api, "users", $"{Staff}/users");

        var times = await Load.TimesAsync(Turns, () => GetAsync(api, $"{Staff}/tenants/901000/licenses"));
        yield return Figure.AtMost("licensing.lists.licenses", Load.Median(times.Skip(Turns / 2)), "ms", FewRows);
    }

    /// <summary>Reads all pages, as a program does, and times the last full page and the first.</summary>
    private static async Task<Figure> LastPageAsync(HttpClient api, string name, string list)
    {
        var (first, last, pages) = ($"{list}?limit={PageSize}", "", 0);
        for (var page = first; page is not null; pages++)
        {
            if (pages % 200 == 0) Console.Error.WriteLine($"  licensing.lists.{name}: page {pages + 1}");
            using var body = JsonDocument.Parse(await api.GetStringAsync(page));
            var next = body.RootElement.GetProperty("meta").GetProperty("page").GetProperty("next").GetString();
            if (body.RootElement.GetProperty("data").GetArrayLength() == PageSize) last = page;
            page = next is null ? null : $"{first}&cursor={next}";
        }

        var (firstTime, lastTime) = await Load.MediansAsync(Turns, () => GetAsync(api, first), () => GetAsync(api, last));
        return Figure.AtMost($"licensing.lists.{name}.page_{pages}", lastTime, "ms", firstTime * Noise);
    }

    /// <summary>The last page that has a number, compared to the second: both count all rows.</summary>
    private static async Task<Figure> NumberedPageAsync(HttpClient api, string name, string list)
    {
        const int Deepest = 10_000 / PageSize;
        var (second, deepest) = await Load.MediansAsync(
            Turns,
            () => GetAsync(api, $"{list}?page=2&size={PageSize}"),
            () => GetAsync(api, $"{list}?page={Deepest}&size={PageSize}"));
        return Figure.AtMost($"licensing.lists.{name}.page_number_{Deepest}", deepest, "ms", second * Noise);
    }

    private static async Task GetAsync(HttpClient api, string path)
    {
        using var answer = await api.GetAsync(path);
        answer.EnsureSuccessStatusCode();
        await answer.Content.CopyToAsync(Stream.Null);
    }
}
