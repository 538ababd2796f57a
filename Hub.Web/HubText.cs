namespace Platform.Hub.Web;

/// <summary>Names the texts of this app: <c>HubText.resx</c> (English) and <c>HubText.pt-BR.resx</c>.</summary>
public sealed class HubText;
