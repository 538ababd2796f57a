namespace Platform.Admin.Web;

/// <summary>Names the texts of this app: <c>AdminText.resx</c> (English) and <c>AdminText.pt-BR.resx</c>.</summary>
public sealed class AdminText;
