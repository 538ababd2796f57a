using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting
{
    public interface IDistributedApplicationBuilder
    {
        ConfigurationManager Configuration { get; }
        string AppHostDirectory { get; }
        Assembly? AppHostAssembly { get; }
        IHostEnvironment Environment { get; }
        IServiceCollection Services { get; }
        IDistributedApplicationEventing Eventing { get; }
        DistributedApplicationExecutionContext ExecutionContext { get; }
        IResourceCollection Resources { get; }

        IResourceBuilder<T> AddResource<T>(T resource) where T : IResource;
        IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource;
        DistributedApplication Build();
    }

    public enum DistributedApplicationOperation
    {
        Run,
        Publish,
    }

    public class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
    {
        private IServiceProvider? _services;

        public DistributedApplicationOperation Operation { get; } = operation;
        public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;
        public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

        public IServiceProvider Services
        {
            get => _services ?? throw new InvalidOperationException("There are no services before the application is built.");
            internal set => _services = value;
        }
    }

    public sealed class DistributedApplicationOptions
    {
        public string[]? Args { get; set; }
        public string? AssemblyName { get; set; }
        public bool DisableDashboard { get; set; }
        public string? ProjectDirectory { get; set; }
        public string? DashboardApplicationName { get; set; }
        public bool EnableResourceLogging { get; set; }
        public bool AllowUnsecuredTransport { get; set; }

        /// <summary>Data goes to a folder that disappears with the application, and each port is another one.</summary>
        internal bool ThrowAway { get; set; }
    }

    public class DistributedApplicationException : Exception
    {
        public DistributedApplicationException()
        {
        }

        public DistributedApplicationException(string message) : base(message)
        {
        }

        public DistributedApplicationException(string message, Exception inner) : base(message, inner)
        {
        }
    }

    /// <summary>What the build writes down about a project that the AppHost refers to.</summary>
    public interface IProjectMetadata : IResourceAnnotation
    {
        string ProjectPath { get; }
        bool SuppressBuild => false;
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    public interface IResourceBuilder<out T> where T : IResource
    {
        IDistributedApplicationBuilder ApplicationBuilder { get; }
        T Resource { get; }

        IResourceBuilder<T> WithAnnotation<TAnnotation>(
            TAnnotation annotation, ResourceAnnotationMutationBehavior behavior = ResourceAnnotationMutationBehavior.Append)
            where TAnnotation : IResourceAnnotation;

        IResourceBuilder<T> WithAnnotation<TAnnotation>(
            ResourceAnnotationMutationBehavior behavior = ResourceAnnotationMutationBehavior.Append)
            where TAnnotation : IResourceAnnotation, new() => WithAnnotation(new TAnnotation(), behavior);
    }

    internal sealed class DistributedApplicationResourceBuilder<T>(IDistributedApplicationBuilder applicationBuilder, T resource)
        : IResourceBuilder<T> where T : IResource
    {
        public IDistributedApplicationBuilder ApplicationBuilder { get; } = applicationBuilder;
        public T Resource { get; } = resource;

        public IResourceBuilder<T> WithAnnotation<TAnnotation>(
            TAnnotation annotation, ResourceAnnotationMutationBehavior behavior = ResourceAnnotationMutationBehavior.Append)
            where TAnnotation : IResourceAnnotation
        {
            if (behavior == ResourceAnnotationMutationBehavior.Replace)
            {
                foreach (var old in Resource.Annotations.OfType<TAnnotation>().ToArray()) Resource.Annotations.Remove(old);
            }

            Resource.Annotations.Add(annotation);
            return this;
        }
    }
}
