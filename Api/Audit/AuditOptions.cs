using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Platform.Core.Audit;

namespace Platform.Api.Audit;

internal sealed class AuditOptions
{
    public const string Section = "Audit";

    private const int KeyMinLength = 32;

    /// <summary>
    /// Signs the ends of the chains. It must not be known to databases or their administrators; to change it, move
    /// the one before to <see cref="FormerCheckpointKeys"/>.
    /// </summary>
    [Required, MinLength(KeyMinLength)]
    public string CheckpointKey { get; init; } = "";

    /// <summary>They sign nothing any more, but what they signed is true.</summary>
    public IReadOnlyList<string> FormerCheckpointKeys { get; init; } = [];

    /// <summary>How often chains that went on are sealed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SealEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long sealed rows are kept, in days; five years unless set.</summary>
    [Range(90, 36_500)]
    public int KeepDays { get; init; } = 1826;

    /// <summary>Everybody can sign with an empty key.</summary>
    public bool HasLongFormerKeys => FormerCheckpointKeys.All(key => key.Length >= KeyMinLength);

    public AuditSeal NewSeal() => new(CheckpointKey, FormerCheckpointKeys);
}

[OptionsValidator]
internal sealed partial class AuditOptionsValidator : IValidateOptions<AuditOptions>;
