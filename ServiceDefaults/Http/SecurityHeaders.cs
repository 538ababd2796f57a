using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using NetEscapades.AspNetCore.SecurityHeaders.Headers;
using NetEscapades.AspNetCore.SecurityHeaders.Infrastructure;

namespace Platform.ServiceDefaults.Http;

/// <summary>
/// The headers that limit what an answer may do in a browser: the same for all processes, except for what their pages
/// may load and for how much of a URL a link passes on. They are sent with every answer, so call one of these first.
/// </summary>
public static class SecurityHeaders
{
    /// <summary>SHA-256 of the script that OpenIddict puts into the page of <c>response_mode=form_post</c>.</summary>
    private const string FormPostScript = "j7OoGArf6XW6YY4cAyS3riSSvrJRqpSi1fOF9vQ5SrI=";

    extension(WebApplication app)
    {
        /// <summary>Of a web app, whose pages load scripts, styles, fonts and images of their own site.</summary>
        /// <param name="formTargets">
        /// URLs of other sites that a form may end at. Browsers also apply the rule to redirects, so the provider of
        /// sign-in has to be here: a form that is sent after the session ended, and sign-out, both end there.
        /// </param>
        public void UseWebAppHeaders(params IReadOnlyList<string?> formTargets) => app.UseHeaders(
            policies => policies.AddReferrerPolicySameOrigin(), // leads back to the page of a form that is sent too late
            content =>
            {
                content.AddScriptSrc().Self();
                content.AddStyleSrc().Self();
                content.AddImgSrc().Self().Data();
                content.AddFontSrc().Self();
                content.AddConnectSrc().Self();
                var forms = content.AddFormAction().Self();
                foreach (var url in formTargets.OfType<string>())
                {
                    forms.From(new Uri(url).GetLeftPart(UriPartial.Authority));
                }
            });

        /// <summary>
        /// Of Identity, whose pages run scripts of their own site and the one that sends the form of
        /// <c>response_mode=form_post</c>. They have no <c>form-action</c>: browsers apply it to the redirect after the
        /// sign-in form as well, which leads to any of the applications.
        /// </summary>
        public void UseSignInHeaders() => app.UseHeaders(
            policies => policies.AddReferrerPolicyNoReferrer(), // URLs of these pages hold requests and invitations
            content =>
            {
                content.AddScriptSrc().Self().WithHash256(FormPostScript);
                content.AddStyleSrc().Self();
                content.AddImgSrc().Self().Data();
                content.AddConnectSrc().Self();
            });

        /// <summary>Of the Api, whose answers are no pages and may load nothing.</summary>
        public void UseApiHeaders() => app.UseHeaders(
            policies => policies.AddReferrerPolicyNoReferrer(),
            content => content.AddFormAction().None());

        private void UseHeaders(Action<HeaderPolicyCollection> configure, Action<CspBuilder> allow)
        {
            var policies = new HeaderPolicyCollection()
                .AddContentTypeOptionsNoSniff()
                .AddFrameOptionsDeny()
                .AddCrossOriginOpenerPolicy(policy => policy.SameOrigin())
                .AddCrossOriginResourcePolicy(policy => policy.SameOrigin())
                .AddPermissionsPolicy(features =>
                {
                    features.AddCamera().None();
                    features.AddGeolocation().None();
                    features.AddMicrophone().None();
                    features.AddPayment().None();
                })
                .AddContentSecurityPolicy(content =>
                {
                    content.AddDefaultSrc().None();
                    content.AddBaseUri().None();
                    content.AddFrameAncestors().None();
                    allow(content);
                });
            if (!app.Environment.IsDevelopment()) policies.AddStrictTransportSecurityMaxAge(); // a year; over HTTPS only
            configure(policies);

            var contentPolicy = policies.Values.OfType<ContentSecurityPolicyHeader>().Single();
            policies[contentPolicy.Header] = new UnlessSet(contentPolicy);
            app.UseSecurityHeaders(policies);
        }
    }

    /// <summary>An answer that has a policy of its own keeps it: it knows which script it carries.</summary>
    private sealed class UnlessSet(IHeaderPolicy policy) : IHeaderPolicy
    {
        public string Header => policy.Header;

        public void Apply(HttpContext context, CustomHeadersResult result)
        {
            if (!context.Response.Headers.ContainsKey(Header)) policy.Apply(context, result);
        }
    }
}
