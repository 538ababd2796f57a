namespace Platform.Core.Storage;

/// <summary>Whose rows of <c>platformdb</c> the current request or message may see: none until that is known.</summary>
public sealed class PlatformScope
{
    public Scope Current { get; set; }
}
