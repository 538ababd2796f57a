using Platform.Core.Storage;

namespace Platform.Core.Licensing;

/// <summary>Remembers decisions that were a yes; a no is always asked again.</summary>
public sealed class AccessCache(TimeProvider clock) : TenantCache<AccessQuestion, AccessDecision>(clock)
{
    protected override bool MayStore(AccessDecision value) => value.Allowed;

    protected override DateTimeOffset? EndOf(AccessDecision value) => value.ExpiresAt;
}
