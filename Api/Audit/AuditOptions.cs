using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Platform.Api.Audit;

internal sealed class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>
    /// Signs where the chains stand. It belongs to no database and to nobody who administers one; whoever changes it makes
    /// every checkpoint look forged.
    /// </summary>
    [Required, MinLength(32)]
    public string CheckpointKey { get; init; } = "";

    /// <summary>How often chains that went on are sealed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SealEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long sealed rows are kept, in days; five years unless set.</summary>
    [Range(90, 36_500)]
    public int KeepDays { get; init; } = 1826;
}

[OptionsValidator]
internal sealed partial class AuditOptionsValidator : IValidateOptions<AuditOptions>;
