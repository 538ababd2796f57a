using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using StackExchange.Redis;

namespace Platform.Ui.SignIn;

/// <summary>
/// The data-protection keys of one app, shared by all its replicas and kept over restarts: a list in Redis. An entry
/// that cannot be read is an exception: a new key in its place would sign everybody out without a word.
/// </summary>
internal sealed class KeyRing(IConnectionMultiplexer redis, string clientId) : IXmlRepository
{
    private readonly RedisKey _key = $"{clientId}:signin:keys";

    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. redis.GetDatabase().ListRange(_key).Select(entry => XElement.Parse((string)entry!))];

    public void StoreElement(XElement element, string friendlyName) =>
        redis.GetDatabase().ListRightPush(_key, element.ToString(SaveOptions.DisableFormatting));
}
