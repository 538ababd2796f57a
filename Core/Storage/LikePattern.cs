namespace Platform.Core.Storage;

public static class LikePattern
{
    /// <summary>The text as <c>like</c> and <c>ilike</c> find it literally, without spaces around it.</summary>
    public static string Escape(string text) =>
        text.Trim().Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_");
}
