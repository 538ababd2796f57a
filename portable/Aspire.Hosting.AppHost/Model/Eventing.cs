using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Eventing
{
    public interface IDistributedApplicationEvent;

    public interface IDistributedApplicationResourceEvent : IDistributedApplicationEvent
    {
        IResource Resource { get; }
    }

    public class DistributedApplicationEventSubscription(Func<IDistributedApplicationEvent, CancellationToken, Task> callback)
    {
        public Func<IDistributedApplicationEvent, CancellationToken, Task> Callback { get; } = callback;
    }

    public interface IDistributedApplicationEventing
    {
        DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback)
            where T : IDistributedApplicationEvent;

        DistributedApplicationEventSubscription Subscribe<T>(IResource resource, Func<T, CancellationToken, Task> callback)
            where T : IDistributedApplicationResourceEvent;

        void Unsubscribe(DistributedApplicationEventSubscription subscription);

        /// <summary>Calls the subscribers one after the other; the first that throws ends it.</summary>
        Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default) where T : IDistributedApplicationEvent;
    }

    internal sealed class DistributedApplicationEventing : IDistributedApplicationEventing
    {
        private readonly Lock _gate = new();
        private readonly List<(Type Type, DistributedApplicationEventSubscription Subscription)> _subscriptions = [];

        public DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback)
            where T : IDistributedApplicationEvent
        {
            var subscription = new DistributedApplicationEventSubscription((e, ct) => callback((T)e, ct));

            lock (_gate) _subscriptions.Add((typeof(T), subscription));

            return subscription;
        }

        public DistributedApplicationEventSubscription Subscribe<T>(
            IResource resource, Func<T, CancellationToken, Task> callback) where T : IDistributedApplicationResourceEvent =>
            Subscribe<T>((e, ct) => ReferenceEquals(e.Resource, resource) ? callback(e, ct) : Task.CompletedTask);

        public void Unsubscribe(DistributedApplicationEventSubscription subscription)
        {
            lock (_gate) _subscriptions.RemoveAll(entry => ReferenceEquals(entry.Subscription, subscription));
        }

        public async Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default)
            where T : IDistributedApplicationEvent
        {
            (Type Type, DistributedApplicationEventSubscription Subscription)[] subscribers;

            lock (_gate) subscribers = [.. _subscriptions.Where(entry => entry.Type == typeof(T))];

            foreach (var (_, subscription) in subscribers) await subscription.Callback(@event, cancellationToken);
        }
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    using Aspire.Hosting.Eventing;

    public class BeforeStartEvent(IServiceProvider services, DistributedApplicationModel model) : IDistributedApplicationEvent
    {
        public IServiceProvider Services { get; } = services;
        public DistributedApplicationModel Model { get; } = model;
    }

    public class AfterResourcesCreatedEvent(IServiceProvider services, DistributedApplicationModel model)
        : IDistributedApplicationEvent
    {
        public IServiceProvider Services { get; } = services;
        public DistributedApplicationModel Model { get; } = model;
    }

    public class BeforeResourceStartedEvent(IResource resource, IServiceProvider services)
        : IDistributedApplicationResourceEvent
    {
        public IResource Resource { get; } = resource;
        public IServiceProvider Services { get; } = services;
    }

    public class ResourceReadyEvent(IResource resource, IServiceProvider services) : IDistributedApplicationResourceEvent
    {
        public IResource Resource { get; } = resource;
        public IServiceProvider Services { get; } = services;
    }

    public class ConnectionStringAvailableEvent(IResource resource, IServiceProvider services)
        : IDistributedApplicationResourceEvent
    {
        public IResource Resource { get; } = resource;
        public IServiceProvider Services { get; } = services;
    }
}
