// A client written from the documents alone.
import createClient from "openapi-fetch";
import type { paths as Tenant } from "./tenant.d.ts";
import type { paths as Public } from "./public.d.ts";
import type { paths as Global } from "./global.d.ts";

const tenant = createClient<Tenant>({ baseUrl: "https://api.example" });
const anybody = createClient<Public>({ baseUrl: "https://api.example" });
const staff = createClient<Global>({ baseUrl: "https://api.example" });
const header = { "x-tenant-id": 1 };

export async function book(serviceId: number): Promise<number | string> {
  const slots = await tenant.GET("/api/v1/slots", {
    params: { header, query: { serviceId, from: "2026-03-02", to: "2026-03-03" } },
  });
  const start = slots.data?.data[0]?.start;
  if (start === undefined) return "no slot";

  const booked = await tenant.POST("/api/v1/bookings", {
    params: { header: { ...header, "Idempotency-Key": "booking-1" } },
    body: { serviceId, start, client: { name: "Ada", email: "ada@example.com" } },
  });
  if (booked.error !== undefined) return booked.error.errors?.map(fault => fault.field).join(", ") ?? booked.error.code ?? "failed";

  const version: number = booked.data.data.version;
  await tenant.PATCH("/api/v1/bookings/{id}", {
    params: { header: { ...header, "If-Match": `"${version}"` }, path: { id: booked.data.data.id } },
    body: { note: "Brings a friend" },
  });
  return booked.data.data.id;
}

export async function lookUp(slug: string): Promise<string | undefined> {
  const found = await anybody.GET("/public/api/v1/tenants/lookup", { params: { query: { slug } } });
  const services = await anybody.GET("/public/api/v1/{slug}/services", { params: { path: { slug } } });
  return `${found.data?.data.name}: ${services.data?.data.map(service => service.name).join()} of ${services.data?.meta.page?.size}`;
}

export async function price(application: number): Promise<number | undefined> {
  const made = await staff.POST("/internal/api/v1/applications/{id}/pricing", {
    params: { path: { id: application } },
    body: { userType: "manager", price: 55.5, validFrom: "2026-04-01T00:00:00Z" },
  });
  return made.data?.data.price;
}
