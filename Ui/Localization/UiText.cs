namespace Platform.Ui.Localization;

/// <summary>
/// Names the texts that both web apps show: frame, errors, validation, and one for each code of the API. They are in
/// <c>UiText.resx</c> (English) and <c>UiText.pt-BR.resx</c>; keys are names, never sentences.
/// </summary>
public sealed class UiText;
