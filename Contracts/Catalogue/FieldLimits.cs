namespace Platform.Contracts.Catalogue;

/// <summary>Limits of every field that a tenant defines: questions, custom fields, attributes of resources.</summary>
public static class FieldLimits
{
    /// <summary>Values that a choice offers at most.</summary>
    public const int Choices = 100;
}
