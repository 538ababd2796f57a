namespace Platform.Identity.Storage;

/// <summary>The keys of all advisory locks in <c>identitydb</c>; each is its name in ASCII.</summary>
internal static class IdentityLocks
{
    /// <summary>"identity": migrations run one after the other.</summary>
    public const long Migrations = 0x6964656E74697479;

    /// <summary>"signkeys": one process rotates the signing keys at a time.</summary>
    public const long SigningKeys = 0x7369676E6B657973;

    /// <summary>"clients": one process writes the rows of the OAuth clients at a time.</summary>
    public const long Clients = 0x636C69656E7473;
}
