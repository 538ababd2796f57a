namespace Platform.Core;

public enum RejectionKind
{
    /// <summary>A rule of the domain says no: 422.</summary>
    Invalid,

    /// <summary>The caller may not: 403.</summary>
    Forbidden,

    /// <summary>Not there, or not the caller's; the two look the same: 404.</summary>
    Missing,

    /// <summary>It contradicts what is stored: 409.</summary>
    Conflict,

    /// <summary>The caller changed a version that is no longer the current one: 412.</summary>
    Stale,
}

/// <summary>Why a rule says no. A rule that returns <see langword="null"/> says yes.</summary>
/// <param name="Code">One of <see cref="Contracts.Codes"/>; clients branch on it.</param>
/// <param name="Detail">For a person to read; never parsed.</param>
/// <param name="Field">The member of the request that is to blame, where there is one.</param>
public sealed record Rejection(RejectionKind Kind, string Code, string Detail, string? Field = null)
{
    /// <summary>What else is wrong with the same request.</summary>
    public IReadOnlyList<Rejection> Others { get; init; } = [];

    /// <summary>
    /// The rejections of several rules as one; the first decides the kind. Equal rejections appear once. Null if
    /// none refuses.
    /// </summary>
    public static Rejection? All(params IEnumerable<Rejection?> rejections) =>
        rejections.OfType<Rejection>().SelectMany(one => (Rejection[])[one with { Others = [] }, .. one.Others])
            .DistinctBy(one => (one.Code, one.Field)).ToList()
            is [var first, .. var others]
            ? first with { Others = others }
            : null;

    /// <summary>What helps the caller to do better, by member name: <c>nextSlots</c>.</summary>
    public IReadOnlyDictionary<string, object?> Members { get; init; } = new Dictionary<string, object?>();

    /// <summary>The same with one more member.</summary>
    public Rejection With(string member, object? value) =>
        this with { Members = new Dictionary<string, object?>(Members) { [member] = value } };
}
