namespace Platform.Contracts.Bookings;

/// <summary><c>POST /api/v1/bookings/import</c>: what became of each row of the file, in its order.</summary>
/// <param name="DryRun">Whether this only says what would happen.</param>
/// <param name="Rows">How many the file has: imported, updated, skipped and refused ones add up to it.</param>
/// <param name="IgnoredColumns">Those of the header that mean nothing here.</param>
/// <param name="Updated">Bookings that a later version of their calendar entry has moved, changed or cancelled.</param>
public sealed record ImportReport(
    bool DryRun,
    int Rows,
    int Imported,
    int Skipped,
    int Refused,
    IReadOnlyList<string> IgnoredColumns,
    IReadOnlyList<ImportResult> Results,
    int Updated);

/// <summary>What became of one row.</summary>
/// <param name="Row">Counted from 1, without the header.</param>
/// <param name="Line">Of the file, from 1, where the row or the calendar entry begins.</param>
/// <param name="Status">One of <see cref="ImportStatuses"/>.</param>
/// <param name="ExternalId">As the file has it: <c>externalId</c> or UID.</param>
/// <param name="BookingId">The booking it became, now or before; absent in a dry run.</param>
/// <param name="Code">Why it was refused.</param>
/// <param name="Field">The column or property that is to blame.</param>
public sealed record ImportResult(
    int Row,
    int Line,
    string Status,
    string? ExternalId = null,
    long? BookingId = null,
    string? Code = null,
    string? Field = null,
    string? Message = null);

public static class ImportStatuses
{
    public const string Imported = "imported";

    /// <summary>It was imported before, and the file has a later version of it.</summary>
    public const string Updated = "updated";

    /// <summary>It was imported before, repeats an earlier row of the same file, or holds nothing to import.</summary>
    public const string Skipped = "skipped";
    public const string Refused = "refused";
}
