using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Platform.Identity.Engine;
using Platform.Identity.Factors;

namespace Platform.Identity.Pages.Account;

/// <summary>Sets an authenticator app up.</summary>
internal sealed class AuthenticatorModel(
    UserManager<Accounts.Account> accounts, FactorProofs proofs, IEngine engine, SecondFactors factors,
    TotpOffers offers) : FactorPage(accounts, proofs, engine)
{
    [BindProperty]
    public string? Ticket { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    public TotpOffer? Offer { get; private set; }

    public IActionResult OnGet()
    {
        if (!IsProved) return ToSecurity();

        Offer = offers.Make(Account);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!IsProved) return ToSecurity();

        if (offers.Confirm(Account, Ticket, Code) is not var (secret, step))
        {
            Offer = offers.Make(Account, Ticket);
            return Refuse(T.Factors.CodeNotOfApp, field: "code");
        }

        var isDone = await IsDoneAsync(await factors.AddTotpAsync(Account, secret, step, Changer, ct));
        return isDone && RecoveryCodes is [] ? ToSecurity(saved: true) : Page();
    }
}
