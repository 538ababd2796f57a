using System.Globalization;
using NodaTime;
using Platform.Contracts;
using Platform.Core.Availability;

namespace Platform.Api.Fhir;

/// <summary>
/// What a search asks for, once everything in it is understood. Parameters that a type does not have are refused, or
/// left out for callers who send <c>Prefer: handling=lenient</c>; modifiers that a parameter does not have are always
/// refused (R4, 3.1.1.3).
/// </summary>
internal sealed class FhirQuery
{
    public const int MaxCount = 200;
    private const int DefaultCount = 50;
    private const string CursorParameter = "_cursor";

    private readonly FhirType _type;
    private readonly List<KeyValuePair<string, string?>> _applied = [];
    private readonly List<FieldError> _errors = [];

    private FhirQuery(FhirType type)
    {
        _type = type;
        Orders = [new(type.Sorts[0], IsDescending: false)];
    }

    public int Count { get; private set; } = DefaultCount;

    /// <summary>By names of the type, the first before the second.</summary>
    public IReadOnlyList<FhirSortKey> Orders { get; private set; }

    /// <summary>Behind which a page begins; not yet read.</summary>
    public string? Cursor { get; private set; }

    /// <summary>The parameters that had an effect, for the link <c>self</c>; for <c>next</c> with its start.</summary>
    public QueryString Link(string? cursor = null) => QueryString.Create(
        cursor is null
            ? _applied
            : _applied.Where(pair => pair.Key != CursorParameter).Append(new(CursorParameter, cursor)));

    public static (FhirQuery Query, IReadOnlyList<FieldError> Errors) Read(HttpRequest request, FhirType type)
    {
        var query = new FhirQuery(type);
        var isLenient = IsLenient(request);
        foreach (var (key, values) in request.Query)
        {
            foreach (var value in values) query.Add(key, value ?? "", isLenient);
            if (values.Count > 1 && key is "_count" or "_sort" or CursorParameter)
            {
                query.Refuse(key, "INVALID", "The parameter must not be repeated.");
            }
        }

        return (query, query._errors);
    }

    /// <summary>The values of a parameter, by its name with its modifier; each is to be met.</summary>
    public IEnumerable<string> All(string key) => _applied.Where(pair => pair.Key == key).Select(pair => pair.Value!);

    /// <summary>The alternatives of each value of a parameter.</summary>
    public IEnumerable<IReadOnlyList<FhirToken>> Tokens(string key) =>
        All(key).Select(value => FhirValues.Split(value).Select(FhirToken.Read).ToList());

    /// <summary>Ids of what each value refers to; unknown references match nothing.</summary>
    /// <param name="types">The resource types allowed before an id.</param>
    public IEnumerable<long[]> References(string key, string baseUrl, params string[] types) =>
        All(key).Select(value => FhirValues.Split(value).Select(v => FhirValues.IdOf(v, baseUrl, types)).OfType<long>().ToArray());

    /// <summary>The times that all values allow together.</summary>
    public TimeRange Within(string key, DateTimeZone zone) => All(key).Aggregate(
        FhirValues.Always, (range, value) => range.Within(FhirValues.Range(value, zone)!.Value));

    private static bool IsLenient(HttpRequest request) => request.Headers["Prefer"].OfType<string>()
        .SelectMany(header => header.Split([',', ';'], StringSplitOptions.TrimEntries))
        .Any(preference => preference.Replace(" ", "", StringComparison.Ordinal)
            .Equals("handling=lenient", StringComparison.OrdinalIgnoreCase));

    private void Add(string key, string value, bool isLenient)
    {
        var at = key.IndexOf(':', StringComparison.Ordinal);
        var (name, modifier) = at < 0 ? (key, null) : (key[..at], key[(at + 1)..]);
        if (FhirFormat.IsParameter(name))
        {
            if (FhirFormat.Check(name, value) is { } unknown) _errors.Add(unknown);
            return;
        }

        var parameter = _type.Parameters.FirstOrDefault(p => p.Name == name);
        if (parameter is null && name is not ("_count" or "_sort" or CursorParameter))
        {
            if (!isLenient) Refuse(key, "UNKNOWN", $"{_type.Name} is not searched by it here.");
        }
        else if (modifier is not null && parameter?.Modifiers.Contains(modifier, StringComparer.Ordinal) != true)
        {
            Refuse(key, "UNKNOWN", $"{name} has no modifier {modifier} here.");
        }
        else if (string.IsNullOrWhiteSpace(value))
        {
            if (!isLenient) Refuse(key, "INVALID", "The value must not be empty.");
        }
        else if (ErrorOf(name, value, parameter) is { } wrong)
        {
            Refuse(key, "INVALID", wrong);
        }
        else
        {
            _applied.Add(new(key, value));
        }
    }

    /// <summary>Reads what is about the answer, and says what is wrong with a value.</summary>
    private string? ErrorOf(string name, string value, FhirParameter? parameter)
    {
        switch (name)
        {
            case "_count":
                var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count);
                if (!isNumber || count is < 1 or > MaxCount) return $"The value must be 1 to {MaxCount}.";
                Count = count;
                return null;
            case "_sort":
                Orders =
                [
                    .. value.Split(',').Select(name => name.StartsWith('-')
                        ? new FhirSortKey(name[1..], IsDescending: true)
                        : new FhirSortKey(name, IsDescending: false)),
                ];
                return Orders.All(order => _type.Sorts.Contains(order.Name))
                    && Orders.DistinctBy(order => order.Name).Count() == Orders.Count
                    ? null
                    : $"It is one or several of {string.Join(", ", _type.Sorts)}, each once, with commas between.";
            case CursorParameter:
                Cursor = value;
                return null;
            default:
                return parameter!.Type == "date" && FhirValues.Range(value, DateTimeZone.Utc) is null
                        ? "The value must be a date or time between the years 1900 and 2999."
                    : parameter.Codes is { } codes
                        && !FhirValues.Split(value).All(v => FhirToken.Read(v).Code is not { } code || codes.Contains(code))
                        ? $"It is one of {string.Join(", ", codes)}."
                    : null;
        }
    }

    private void Refuse(string key, string code, string message) => _errors.Add(new(key, code, message));
}

/// <summary>How an answer is to be written: there is one way.</summary>
internal static class FhirFormat
{
    public static bool IsParameter(string name) => name is "_format" or "_pretty";

    public static FieldError? Check(string name, string value) =>
        name == "_pretty" || value is "json" or "application/json" or "text/json" or FhirAnswer.ContentType
            || value == FhirAnswer.ContentType.Replace('+', ' ') // a plus that was not escaped
            ? null
            : new(name, "INVALID", $"The only supported type is {FhirAnswer.ContentType}.");
}

/// <summary>A code with the system that it is of.</summary>
/// <param name="System">Null: any; empty: none.</param>
/// <param name="Code">Null: any of the system.</param>
internal sealed record FhirToken(string? System, string? Code)
{
    public static FhirToken Read(string text)
    {
        var bar = text.IndexOf('|', StringComparison.Ordinal);
        return bar < 0 ? new(null, text) : new(text[..bar], bar + 1 < text.Length ? text[(bar + 1)..] : null);
    }

    public bool IsOf(string system) => System is null || System == system;

    public long? Number =>
        long.TryParse(Code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
