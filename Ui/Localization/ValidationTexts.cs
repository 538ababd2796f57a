using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;

namespace Platform.Ui.Localization;

/// <summary>
/// Gives the messages of validation and of model binding their texts: an attribute without a text of its own gets the
/// key <c>Validation.</c> plus its name.
/// </summary>
internal sealed class ValidationTexts(IStringLocalizer<UiText> text)
    : IPostConfigureOptions<MvcOptions>, IValidationMetadataProvider
{
    /// <summary>Afterwards: the framework's own provider has to have collected the attributes before ours.</summary>
    public void PostConfigure(string? name, MvcOptions options)
    {
        options.ModelMetadataDetailsProviders.Add(this);
        var binding = options.ModelBindingMessageProvider;
        binding.SetAttemptedValueIsInvalidAccessor((_, _) => text["Validation.Invalid"]);
        binding.SetMissingBindRequiredValueAccessor(_ => text["Validation.Required"]);
        binding.SetMissingKeyOrValueAccessor(() => text["Validation.Required"]);
        binding.SetNonPropertyAttemptedValueIsInvalidAccessor(_ => text["Validation.Invalid"]);
        binding.SetNonPropertyUnknownValueIsInvalidAccessor(() => text["Validation.Invalid"]);
        binding.SetNonPropertyValueMustBeANumberAccessor(() => text["Validation.Number"]);
        binding.SetUnknownValueIsInvalidAccessor(_ => text["Validation.Invalid"]);
        binding.SetValueIsInvalidAccessor(_ => text["Validation.Invalid"]);
        binding.SetValueMustBeANumberAccessor(_ => text["Validation.Number"]);
        binding.SetValueMustNotBeNullAccessor(_ => text["Validation.Required"]);
    }

    public void CreateValidationMetadata(ValidationMetadataProviderContext context)
    {
        foreach (var attribute in context.ValidationMetadata.ValidatorMetadata.OfType<ValidationAttribute>())
        {
            // those of data types bring an English text of their own
            if (attribute is DataTypeAttribute or { ErrorMessage: null, ErrorMessageResourceName: null })
            {
                var name = attribute.GetType().Name.Replace("Attribute", "", StringComparison.Ordinal);
                attribute.ErrorMessage = $"Validation.{name}";
            }
        }
    }
}
